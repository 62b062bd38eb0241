import type { Instant } from "../../../domain/guard/moments.ts";
import type { Scene } from "./scene.ts";

/** The number of local days since an instant, by each clock; 0 on the same day. */
const daysSince = ({ clocks, days }: Scene, instant: Instant): number[] =>
  clocks.map((clock, index) => (days[index] ?? 0) - clock.dayAt(instant));

/** True if an instant is at most so many local days ago, by every clock. */
export const isWithinDays = (scene: Scene, instant: Instant | undefined, most: number): boolean =>
  instant !== undefined && daysSince(scene, instant).every((passed) => passed <= most);

/** True if an instant is more than so many local days ago, by every clock. */
export const isOlderThanDays = (scene: Scene, instant: Instant, limit: number): boolean =>
  daysSince(scene, instant).every((passed) => passed > limit);
