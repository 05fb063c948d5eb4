import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import { access, type FileHandle, open, rename, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { UsageError } from '../engine/errors.js'
import type { Checkpoint, CheckpointOwner } from '../engine/explore/checkpoint.js'
import { addRecord, recordsOf } from './checkpoint-records.js'

/*
 * A line that says what the file is; records, each after its length in four bytes; a length of 0; and the SHA-256 of
 * everything before. It is written beside and renamed once it is whole: whenever the writer dies, one whole file is there.
 */
const MAGIC = Buffer.from('entrelacs checkpoint 1\n')
const MAGIC_START = Buffer.from('entrelacs checkpoint ')
const HASH_BYTES = 32
const MAX_RECORD = 1 << 30

/**
 * Reads a checkpoint; null if there is no such file.
 *
 * @throws UsageError `checkpoint/damaged` if it is not as it was written, `checkpoint/unreadable` if it cannot be read.
 */
export async function readCheckpoint(file: string): Promise<Checkpoint | null> {
  if (!(await exists(file))) return null
  const handle = await open(file, 'r').catch((error: unknown) => {
    throw unreadable(file, error)
  })
  try {
    return await readFrom(handle, file)
  } finally {
    await handle.close()
  }
}

async function readFrom(handle: FileHandle, file: string): Promise<Checkpoint> {
  const hash = createHash('sha256')
  const magic = await take(handle, MAGIC.length, file)
  if (!magic.equals(MAGIC))
    throw magic.subarray(0, MAGIC_START.length).equals(MAGIC_START) ? other(file) : noCheckpoint(file)
  hash.update(magic)
  const parts: Record<string, unknown> = {}
  for (;;) {
    const head = await take(handle, 4, file)
    hash.update(head)
    const length = head.readUInt32LE()
    if (length === 0) break
    if (length > MAX_RECORD) throw damaged(file)
    const bytes = await take(handle, length, file)
    hash.update(bytes)
    try {
      addRecord(parts, bytes)
    } catch {
      throw damaged(file)
    }
  }
  const rest = await take(handle, HASH_BYTES, file)
  const { bytesRead } = await handle.read(Buffer.alloc(1), 0, 1)
  if (!rest.equals(hash.digest()) || bytesRead > 0) throw damaged(file)
  const { owner, ...others } = parts
  return { owner: owner as CheckpointOwner, parts: others }
}

async function take(handle: FileHandle, length: number, file: string): Promise<Buffer> {
  const buffer = Buffer.alloc(length)
  for (let have = 0; have < length;) {
    const { bytesRead } = await handle.read(buffer, have, length - have).catch((error: unknown) => {
      throw unreadable(file, error)
    })
    if (bytesRead === 0) throw have + length <= MAGIC.length ? noCheckpoint(file) : damaged(file)
    have += bytesRead
  }
  return buffer
}

/** Writes a checkpoint; pauses between records. */
export async function* writeCheckpoint(file: string, { owner, parts }: Checkpoint): AsyncGenerator<void> {
  const beside = `${file}.part`
  const handle = await open(beside, 'w')
  try {
    const hash = createHash('sha256')
    const write = async (bytes: Buffer): Promise<void> => {
      hash.update(bytes)
      await handle.write(bytes)
    }
    await write(MAGIC)
    for (const record of recordsOf({ owner, ...parts })) {
      await write(lengthOf(record))
      await write(record)
      yield
    }
    await write(Buffer.alloc(4))
    await handle.write(hash.digest())
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(beside, file)
}

function lengthOf(record: Buffer): Buffer {
  const head = Buffer.alloc(4)
  head.writeUInt32LE(record.length)
  return head
}

/** @throws UsageError `checkpoint/not-writable` if no file can be written there. */
export async function requireWritable(file: string): Promise<void> {
  const folder = dirname(resolve(file))
  const isFolder = await stat(file).then(
    (found) => found.isDirectory(),
    () => false,
  )
  if (isFolder)
    throw new UsageError('checkpoint/not-writable', `${file} is a folder`, { hint: 'give the path of a file' })
  await access(folder, constants.W_OK).catch(() => {
    throw new UsageError('checkpoint/not-writable', `no checkpoint can be written to the folder ${folder}`, {
      hint: 'give the path of a file in a folder that exists and can be written to',
    })
  })
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  )
}

const BEGIN_AGAIN = 'delete it and begin again, or give another file'

function damaged(file: string): UsageError {
  return new UsageError('checkpoint/damaged', `the checkpoint ${file} is damaged`, { hint: BEGIN_AGAIN })
}

function noCheckpoint(file: string): UsageError {
  return new UsageError('checkpoint/damaged', `${file} is no checkpoint`, {
    hint: 'give the path of a checkpoint, or of a file that is not there yet',
  })
}

function other(file: string): UsageError {
  return new UsageError(
    'checkpoint/other-version',
    `the checkpoint ${file} was written by another version of Entrelacs`,
    {
      hint: BEGIN_AGAIN,
    },
  )
}

function unreadable(file: string, error: unknown): UsageError {
  const why = error instanceof Error ? error.message : String(error)
  return new UsageError('checkpoint/unreadable', `the checkpoint ${file} cannot be read: ${why}`, { hint: BEGIN_AGAIN })
}
