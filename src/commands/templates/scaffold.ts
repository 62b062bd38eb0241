import { EXAMPLE_CONTEXT } from "../../domain/template/example-context.ts";
import { FORMS } from "../../template/language/parts.ts";
import type { File } from "../../template/folder/fragments.ts";

/** The purpose of a new template. */
export interface Purpose {
  readonly channel: "email" | "text";
  readonly language: string;
}

const SPANISH = {
  subject: "Un aviso sobre su cuenta",
  heading: "Un aviso sobre su cuenta",
  preheader: "Lea este aviso sobre su cuenta.",
  greeting: 'Estimado(a) {{default borrower.name.firstName "cliente"}}:',
  body: "Escriba aquí lo que quiere comunicar.",
  since: "Recibimos su solicitud el {{date case.fields.receivedOn}}.",
  sms: "{{lender.name}}: Tenemos un aviso sobre su cuenta. Llame al {{phone lender.phone}}. Responda STOP para dejar de recibir textos.",
};
const ENGLISH = {
  subject: "A notice about your account",
  heading: "A notice about your account",
  preheader: "Please read this notice about your account.",
  greeting: 'Dear {{default borrower.name.firstName "customer"}},',
  body: "Write here what the notice says.",
  since: "We received your request on {{date case.fields.receivedOn}}.",
  sms: "{{lender.name}}: We have a notice about your account. Call {{phone lender.phone}}. Reply STOP to end texts.",
};

const COMMENT = `{{!-- This comment is not sent. The variables come from the case, the borrower and the lender: docs/templates.md lists them.
sample.json has a value for each of them. Add the fields of your cases to its "fields", with invented people only. An if block
is for what may be absent. --}}
`;

/**
 * Returns the files of a new template that passes the checks. With `layout` the parts use the layout of the partials, which
 * brings the greeting, the sender and the footers.
 */
export function scaffold(name: string, purpose: Purpose, layout: boolean): readonly File[] {
  const { channel, language } = purpose;
  const words = language.startsWith("es") ? SPANISH : ENGLISH;
  const about = { name, channel, language, subject: null, theme: "opsServicing", sensitive: false };
  const files = [
    { name: "template.json", text: json(about) },
    { name: "sample.json", text: json(sampleFor(purpose)) },
  ];
  if (!FORMS[channel].needs.includes("subject"))
    return [...files, { name: "text.hbs", text: `${COMMENT}${words.sms}\n` }];
  const parts = layout ? inLayout(words) : whole(words);
  return [
    ...files,
    { name: "subject.hbs", text: `${words.subject}\n` },
    { name: "html.hbs", text: parts.html },
    { name: "text.hbs", text: parts.text },
  ];
}

type Words = typeof ENGLISH;

const inLayout = ({ heading, preheader, body, since }: Words): { html: string; text: string } => ({
  html: `{{#> layout}}
{{#*inline "heading"}}${heading}{{/inline}}
{{#*inline "preheader"}}${preheader}{{/inline}}
${COMMENT}<p style="{{> p}}">${body}</p>
{{#if case.fields.receivedOn}}
<p style="{{> p}}">${since}</p>
{{/if}}
{{/layout}}
`,
  text: `{{#> layout}}
${COMMENT}${body}

{{#if case.fields.receivedOn}}
${since}
{{/if}}
{{/layout}}
`,
});

const whole = ({ heading, greeting, body, since }: Words): { html: string; text: string } => ({
  html: `<!doctype html>
<html lang="{{@language}}"><head><meta charset="utf-8"><title>${heading}</title></head>
<body>
${COMMENT}<p>${greeting}</p>
<p>${body}</p>
{{#if case.fields.receivedOn}}
<p>${since}</p>
{{/if}}
<p>{{lender.name}}<br>{{lender.postalAddress}}</p>
</body>
</html>
`,
  text: `${COMMENT}${greeting}

${body}

{{#if case.fields.receivedOn}}
${since}

{{/if}}
{{lender.name}}
{{lender.postalAddress}}
`,
});

const json = (value: object): string => `${JSON.stringify(value, null, 2)}\n`;

/** A sample with an address of the channel, in the language, with one field of a case. */
function sampleFor({ channel, language }: Purpose): object {
  const contact = FORMS[channel].inSegments
    ? { ...EXAMPLE_CONTEXT.contact, contactType: "phone", value: "+16145550128" }
    : EXAMPLE_CONTEXT.contact;
  return {
    ...EXAMPLE_CONTEXT,
    borrower: { ...EXAMPLE_CONTEXT.borrower, language },
    case: { ...EXAMPLE_CONTEXT.case, fields: { receivedOn: "2031-02-28" } },
    contact,
  };
}
