import type { Facts, GuardLoan, Message } from "../../../domain/guard/facts.ts";
import type { ContentClass } from "../../../domain/guard/policy.ts";
import type { Theme } from "../../../domain/vocabulary.ts";

const THEME_CLASSES: Readonly<Record<Theme, ContentClass>> = {
  opsCollDebt: "coll",
  opsCollLocateBorrower: "locate",
  opsCollVerifyEmployment: "locate",
  opsCollContactEmployerNotice: "employer",
  opsLoanTimeBarredNotice: "notice",
  opsLoanValidationOfDebtNotice: "notice",
  opsServicingDebtValidation: "notice",
  opsServicingNegativeCreditReportNotice: "notice",
  opsServicingTimeBarredNotice: "notice",
  opsServicingVerificationOfDebt: "notice",
  opsServicing: "serv",
  opsAccountCredentials: "security",
  inbMissingFeature: "inb",
  inbEducation: "inb",
  inbBug: "inb",
  inbRequest: "inb",
  inbHumanLove: "inb",
  inbUnknown: "inb",
  inbOther: "inb",
};

/** Returns the class of a theme. */
export const classOfTheme = (theme: Theme): ContentClass => THEME_CLASSES[theme];

/** True if we collect one of the loans for another party. */
export const isDebtCollector = (loans: readonly GuardLoan[]): boolean =>
  loans.some(({ collectorRole }) => collectorRole === "debtCollector");

/**
 * Returns the classes of a message, without `coll*`. They are derived; a caller cannot set them. A message that
 * requests money for a loan past due is about collection whatever its theme.
 */
export function classesOf(
  { theme, asksForMoney, isTransactional }: Message,
  loans: readonly GuardLoan[],
): Set<ContentClass> {
  const classes = new Set<ContentClass>();
  if (theme !== null) classes.add(classOfTheme(theme));
  if (asksForMoney && loans.some(({ daysPastDue }) => daysPastDue > 0)) classes.add("coll");
  if (classes.has("notice") && isDebtCollector(loans)) classes.add("noticeByCollector");
  if (!isTransactional) classes.add("mkt");
  return classes;
}

const COLLECTION: readonly ContentClass[] = ["coll", "locate", "employer", "noticeByCollector"];

/** True if a message is in connection with the collection of a debt, by any party. */
export function isCollection(classes: ReadonlySet<ContentClass>): boolean {
  return COLLECTION.some((each) => classes.has(each));
}

/** Returns the loans that a message is about. */
export function loansOf({ message, loans }: Facts): readonly GuardLoan[] {
  return message.loanIds.flatMap((id) => loans[id] ?? []);
}
