import type { Channel } from "../vocabulary.ts";

/** One version of a template; once published it never changes. */
export interface Template {
  readonly id: number;
  readonly version: number;
  readonly channel: Channel;
  readonly language: string;
  readonly subjectTemplate: string | null;
  readonly htmlTemplate: string | null;
  readonly textTemplate: string | null;
}

/** What a template makes of a context: the parts its channel has. */
export interface Rendered {
  readonly subject: string | null;
  readonly html: string | null;
  readonly text: string | null;
}
