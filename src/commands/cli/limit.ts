import { readWhole } from "./arguments.ts";

/** The option --limit of a command that lists rows. */
export interface LimitOption {
  readonly option: {
    readonly limit: { readonly type: "string"; readonly value: "N"; readonly message: string };
  };
  /** The limit of a command line, or the default. Throws ARGUMENTS_INVALID for another text or a larger number. */
  readonly read: (given: string | undefined) => number;
}

/** Creates the option. `rows` names the rows in the help, and `most` is the largest number that is accepted. */
export const limitOption = (rows: string, fallback: number, most?: number): LimitOption => ({
  option: {
    limit: {
      type: "string",
      value: "N",
      message: `at most so many ${rows} (default ${fallback})`,
    },
  },
  read: (given) => readWhole("--limit", given ?? String(fallback), most),
});
