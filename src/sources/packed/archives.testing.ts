/** Makes archives for tests. */
import { crc32, deflateRawSync } from "node:zlib";

/** A member to be. */
export interface MadeMember {
  readonly name: string;
  readonly text: string | Uint8Array;
}

/** A tar archive in the form of ustar. `kind` is the type of all members. */
export function tarOf(members: readonly MadeMember[], kind = "0"): Buffer {
  const pieces: Buffer[] = [];
  for (const { name, text } of members) {
    const data = Buffer.from(text);
    const header = Buffer.alloc(512);
    header.write(name, 0, 100, "utf8");
    header.write("0000644\0", 100);
    header.write(`${data.length.toString(8).padStart(11, "0")}\0`, 124);
    header.write("15145052000\0", 136);
    header.write(`        ${kind}`, 148);
    header.write("ustar\0" + "00", 257);
    const sum = header.reduce((total, byte) => total + byte, 0);
    header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
    pieces.push(header, data, Buffer.alloc((512 - (data.length % 512)) % 512));
  }
  return Buffer.concat([...pieces, Buffer.alloc(1024)]);
}

/** How a zip archive is made. */
export interface ZipOptions {
  /** As `zip` writes to a pipe: sizes stand behind the data. */
  readonly isStreamed?: boolean;
  readonly isStored?: boolean;
  /** All members after the first have the bytes of the first. */
  readonly isOverlapping?: boolean;
  readonly method?: number;
}

/** A zip archive. */
export function zipOf(members: readonly MadeMember[], options: ZipOptions = {}): Buffer {
  const { isStreamed = false, isStored = false, isOverlapping = false } = options;
  const pieces: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const [index, { name, text }] of members.entries()) {
    const title = Buffer.from(name);
    const data = Buffer.from(text);
    const packed = isStored ? data : deflateRawSync(data);
    const fields = Buffer.alloc(22);
    fields.writeUInt16LE(isStreamed ? 8 : 0, 0);
    fields.writeUInt16LE(options.method ?? (isStored ? 0 : 8), 2);
    fields.writeUInt16LE(0x5000, 4);
    fields.writeUInt16LE(0x5c61, 6);
    fields.writeUInt32LE(crc32(data), 8);
    fields.writeUInt32LE(packed.length, 12);
    fields.writeUInt32LE(data.length, 16);
    fields.writeUInt16LE(title.length, 20);
    const place = Buffer.alloc(16);
    place.writeUInt32LE(isOverlapping ? 0 : at, 12);
    directory.push(Buffer.from("504b010214001400", "hex"), Buffer.from(fields), place, title);
    if (isOverlapping && index > 0) continue;
    const sum = Buffer.from(fields.subarray(8, 20));
    if (isStreamed) fields.fill(0, 8, 20);
    const trailer = isStreamed ? [Buffer.from("504b0708", "hex"), sum] : [];
    const made = [Buffer.from("504b03041400", "hex"), fields, Buffer.alloc(2), title, packed, ...trailer];
    pieces.push(...made);
    at += made.reduce((length, piece) => length + piece.length, 0);
  }
  const listing = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write("504b0506", 0, "hex");
  end.writeUInt16LE(members.length & 0xffff, 8);
  end.writeUInt16LE(members.length & 0xffff, 10);
  end.writeUInt32LE(listing.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...pieces, listing, end]);
}
