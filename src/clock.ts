/** Business time. Everything that decides takes it as an argument; this is its only source. */
export type Clock = () => Date;

export const systemClock: Clock = () => new Date();
