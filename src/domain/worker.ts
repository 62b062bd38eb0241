/**
 * A worker whose last heartbeat is this old (ms) is dead, wherever that is judged: its work is taken over, it no longer
 * counts as alive, and its channels are no longer carried. Five heartbeats.
 */
export const WORKER_TIMEOUT_MS = 10_000;
