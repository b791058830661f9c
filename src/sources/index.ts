/** Where bytes come from: addresses become listings, listings become streams of uncompressed bytes. */
export { STANDARD_INPUT_URI } from "./address.ts";
export { listMembers } from "./archive-listing.ts";
export { readPort } from "./byte-port.ts";
export { ByteStreams, openByteStream } from "./byte-stream.ts";
export type { DirectoryEntry, FileStatus, FileSystem } from "./file-system.ts";
export { FileFollower } from "./follow/file-follower.ts";
export type { FollowEvent, FollowOptions, Look } from "./follow/follow-event.ts";
export type { FollowFileSystem, FollowHandle, FollowStatus } from "./follow/follow-file-system.ts";
export { refuseUnfollowed } from "./follow/follow-problems.ts";
export type { FollowedStream } from "./follow/followed-file.ts";
export type { FileOpening, ListedObject, ObjectOpening, StreamOpening } from "./listed-object.ts";
export { type ListOptions, listObjects } from "./listing.ts";
export { type ObjectSample, ObjectStreams, type ThreadOpening } from "./object-streams.ts";
export { checkOpened, type FilePlace, openFileSync } from "./open-within.ts";
export { openingOf } from "./opening.ts";
export { DEFAULT_POLICY, type OutboundPolicy } from "./outbound/outbound-policy.ts";
export { type OutboundAnswer, type OutboundRequest, outboundRequest } from "./outbound/outbound-request.ts";
export { type RangedRead, readRanges, refusalOf } from "./outbound/ranged-read.ts";
export { readBody } from "./outbound/read-body.ts";
export {
  outboundRequestWithRetry,
  type RequestMaker,
  type RetryWorld,
  SYSTEM_RETRY_WORLD,
} from "./outbound/retry.ts";
export { packageFolder } from "./package-folder.ts";
export { unpack } from "./packed/unpack.ts";
export type { TimeRange } from "./path-time.ts";
export { readSpreadSample, type SampleSize, type SpreadSample } from "./spread-sample.ts";
export { checkUnmanaged, type FileAccess } from "./stores/file-access.ts";
export { type HttpStoreOptions, httpStore } from "./stores/http-store.ts";
export { mappedFields } from "./stores/mapped-fields.ts";
export { OpenStores } from "./stores/open-stores.ts";
export type { RemoteStore } from "./stores/remote-store.ts";
export { readStoreDefinition, type StoreDefinition } from "./stores/store-definition.ts";
export type { Stores } from "./stores/stores.ts";
