/** The expected results of the demo: for each case change and notification type, the status and details of every attempt in order. */
export const EXPECTED: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  "an immediate email": { "Bankruptcy filed": ["succeeded emailDelivered"] },
  "an immediate text": { "Report received": ["succeeded textDelivered"] },
  "a condition that does not hold": {},
  "a condition that holds": { "Bankruptcy dismissed": ["succeeded emailDelivered"] },
  "one now, one in five business days": {
    "Dispute received": ["succeeded emailDelivered"],
    "Dispute reminder": ["scheduled"],
  },
  "no eligible contact": { "Hardship approved": ["failed"] },
  "a refused recipient": { "Request acknowledged": ["failed emailBounced"] },
  "a number that opted out": { "Report received": ["failed textOptedOut"] },
  "refused for now, then accepted": {
    "Hardship approved": ["failed emailDeferred", "attempted emailSent"],
  },
  "fields alone fire nothing": {},
  "a status with its outcome": { "Report decided": ["succeeded emailDelivered"] },
  "boarded, so nothing is sent": {},
};
