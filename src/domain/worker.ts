/**
 * A worker is dead if its last heartbeat is this old (ms), five heartbeats. Everything uses this limit: its work is
 * taken over, it no longer counts as alive, and its channels no longer count as carried.
 */
export const WORKER_TIMEOUT_MS = 10_000;
/** A held notice is reported this long (ms) before its latest time. */
export const HELD_WARNING_MS = 86_400_000;
