/** Where bytes come from: addresses become listings, listings become streams of uncompressed bytes. */
export { STANDARD_INPUT_URI } from "./address.ts";
export { feedPort, readPort } from "./byte-port.ts";
export { openByteStream, readSample } from "./byte-stream.ts";
export type { DirectoryEntry, FileStatus, FileSystem } from "./file-system.ts";
export { FileFollower, type FollowEvent, type FollowOptions, type Look } from "./follow/file-follower.ts";
export type { FollowFileSystem, FollowHandle, FollowStatus } from "./follow/follow-file-system.ts";
export type { FollowedStream } from "./follow/followed-file.ts";
export type { ListedObject, ObjectOpening } from "./listed-object.ts";
export { type ListOptions, listObjects } from "./listing.ts";
export { OneTimeStreams } from "./one-time-streams.ts";
export { openingOf } from "./opening.ts";
export { packageFolder } from "./package-folder.ts";
export type { TimeRange } from "./path-time.ts";
export { readSpreadSample, type SampleSize, type SpreadSample } from "./spread-sample.ts";
