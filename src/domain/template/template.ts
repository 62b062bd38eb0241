import type { Channel } from "../vocabulary.ts";

/** One version of a template. A published version never changes. */
export interface Template {
  readonly id: number;
  readonly version: number;
  readonly channel: Channel;
  readonly language: string;
  readonly subjectTemplate: string | null;
  readonly htmlTemplate: string | null;
  readonly textTemplate: string | null;
}

/** The rendered parts of a template. */
export interface Rendered {
  readonly subject: string | null;
  readonly html: string | null;
  readonly text: string | null;
}
