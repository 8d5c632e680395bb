/**
 * What the engine and its threads send each other, and how an error crosses from one to the other.
 * To a worker goes only a shard number; messages wait in the port until the worker is ready.
 */

/** Given to a worker when it starts. */
export interface WorkerInit {
  readonly programUrl: string;
  readonly init: unknown;
}

/** From a worker: the result of a shard, or why there is none (no shard: the init failed). */
export type WorkerMessage =
  | { readonly kind: 'result'; readonly shardIndex: number; readonly result: unknown }
  | {
      readonly kind: 'failure';
      readonly shardIndex: number | undefined;
      readonly error: ErrorData;
    };

/** The parts of an error that survive the way; `structuredClone` would drop the name and code. */
export interface ErrorData {
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
  readonly code: string | undefined;
}

/** Takes an error apart; anything else that was thrown becomes the message. */
export function encodeError(thrown: unknown): ErrorData {
  if (!(thrown instanceof Error)) {
    return { name: 'Error', message: String(thrown), stack: undefined, code: undefined };
  }
  const code: unknown = 'code' in thrown ? thrown.code : undefined;
  return {
    name: thrown.name,
    message: thrown.message,
    stack: thrown.stack,
    code: typeof code === 'string' ? code : undefined,
  };
}

/** Puts an error together again; its stack is that of the thread that threw it. */
export function decodeError(data: ErrorData): Error {
  const error = new Error(data.message);
  error.name = data.name;
  if (data.stack !== undefined) error.stack = data.stack;
  return data.code === undefined ? error : Object.assign(error, { code: data.code });
}
