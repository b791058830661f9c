/** What addresses mean: countries, cities, networks and threat lists, out of tables on this machine. */
export {
  type DatabaseKind,
  type DatabaseOrigin,
  dayOfVersion,
  findShipped,
  SHIPPED_DATABASES,
  type ShippedDatabase,
} from "./geo/databases.ts";
export { describeGeo, type Geo, type GeoDatabase, type GeoField, openGeo } from "./geo/geo.ts";
export { type InstalledDatabase, installDatabase } from "./geo/install.ts";
export { LIST_KINDS, type ListDefinition, type ListKind, readListDefinition } from "./lists/definition.ts";
export { type Listing, type Lists, openLists, type UsedList } from "./lists/lists.ts";
export { SHIPPED_LISTS } from "./lists/shipped-lists.ts";
export { type ListState, readState, type Snapshot, snapshotsOf } from "./lists/snapshots.ts";
export {
  type HttpAnswer,
  type HttpGet,
  type ListUpdate,
  type UpdateWorld,
  updateList,
} from "./lists/update-list.ts";
export type { Address } from "./tables/address-words.ts";
