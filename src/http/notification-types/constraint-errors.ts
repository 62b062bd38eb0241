import type { ConstraintErrors } from "../core/constraint-errors.ts";

/** The constraints of notification types, with the field of the resource that each is about. */
export const NOTIFICATION_TYPE_CONSTRAINTS: ConstraintErrors = {
  notification_types_have_a_trigger: [422, "onStatus", "is required where onOutcome is null"],
  notification_types_active_delay_has_a_unit: [
    422,
    "unit",
    "is required with delay: calendarDays or businessDays",
  ],
  notification_types_active_unit_has_a_delay: [
    422,
    "delay",
    "is required with unit; set it to a number of days, or set unit to null",
  ],
  notification_types_active_delay_is_not_negative: [422, "delay", "must be 0 or more"],
  notification_types_active_calendar_is_known: [
    422,
    "status",
    "cannot be active, because the calendar of this type, which is set by SQL, does not exist",
  ],
  notification_types_active_names_a_template: [
    422,
    "templateId",
    "is required for the status active",
  ],
  notification_types_active_template_is_active: [
    422,
    "templateId",
    "names no template with an active version; publish the template first",
  ],
  notification_types_active_template_has_its_channel: [
    422,
    "channel",
    "must match the template's channel",
  ],
  notification_types_active_channel_is_carried: [
    422,
    "channel",
    "has no provider in this installation; configure one, or choose another channel",
  ],
  notification_types_active_template_is_complete: [
    422,
    "templateId",
    "names a template without a part that its channel requires; publish a complete version",
  ],
  notification_types_active_conditions_can_be_judged: [
    422,
    "onCondition",
    "is not valid: each value must fit its data type, and each operator must fit both",
  ],
  notification_types_have_at_most_50_conditions: [
    422,
    "onCondition",
    "must have at most 50 conditions",
  ],
  notification_types_conditions_list_at_most_500_values: [
    422,
    "onCondition",
    "must list at most 500 values in a condition",
  ],
  notification_types_conditions_have_at_most_100_kilobytes: [
    422,
    "onCondition",
    "must have at most 100,000 bytes as JSON",
  ],
  notification_types_deprecated_is_final: [409, "version", "is deprecated, which is final"],
  notification_types_active_versions_do_not_change: [
    409,
    "version",
    "is active and can change only to deprecated",
  ],
  notification_types_have_one_active_version: [
    409,
    "status",
    "cannot be active, because another version became active at the same time",
  ],
  notification_types_pkey: [409, "version", "was inserted by another request at the same time"],
  case_type_notification_types_notification_type_is_known: [
    422,
    "notificationTypeIds",
    "there is no such notification type",
  ],
};
