import type { Channel, MessageKind, TemplateStatement } from "../vocabulary.ts";

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

/** The facts of the compliance guard about the messages of a template. Null: not known. */
export interface TemplateFacts {
  /** The purpose, where the theme does not say it. */
  readonly kind: MessageKind | null;
  /** True if it requests a payment. */
  readonly asksForMoney: boolean | null;
  readonly requiredByLaw: boolean | null;
  /** The channel through which the law requires it; null: any. */
  readonly requiredMedium: Channel | null;
  /** The messaging programme of a text. */
  readonly programme: string | null;
  /** Properties of the content that its author declares, because the words alone do not show them. */
  readonly declares: readonly TemplateStatement[];
}

/** The facts of a template about whose messages nothing is known. */
export const NO_TEMPLATE_FACTS: TemplateFacts = {
  kind: null,
  asksForMoney: null,
  requiredByLaw: null,
  requiredMedium: null,
  programme: null,
  declares: [],
};

/** The rendered parts of a template. */
export interface Rendered {
  readonly subject: string | null;
  readonly html: string | null;
  readonly text: string | null;
}
