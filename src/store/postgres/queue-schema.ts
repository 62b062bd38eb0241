/** The schema in which graphile-worker keeps our jobs. */
export const QUEUE_SCHEMA = "graphile_worker";
