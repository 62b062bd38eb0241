import type { ConstraintErrors } from "../core/constraint-errors.ts";

/** What the database refuses of notification types, and which field of the resource it means. */
export const NOTIFICATION_TYPE_RULES: ConstraintErrors = {
  notification_types_have_a_trigger: [
    422,
    "onStatus",
    "is null, and so is onOutcome: give at least one of them",
  ],
  notification_types_active_delay_has_a_unit: [
    422,
    "unit",
    "is needed by delay: set it to calendarDays or businessDays",
  ],
  notification_types_active_unit_has_a_delay: [
    422,
    "delay",
    "is needed by unit: set it to a number of days, or clear unit",
  ],
  notification_types_active_delay_is_not_negative: [422, "delay", "must be 0 or more"],
  notification_types_active_calendar_is_known: [
    422,
    "status",
    "cannot be active: the calendar of this type, which SQL sets, is not known",
  ],
  notification_types_active_names_a_template: [422, "templateId", "is needed to be active"],
  notification_types_active_template_is_active: [
    422,
    "templateId",
    "names no template with an active version: publish it first",
  ],
  notification_types_active_template_has_its_channel: [
    422,
    "channel",
    "is not that of the template: choose another channel or templateId",
  ],
  notification_types_active_channel_is_carried: [
    422,
    "channel",
    "has no provider in this installation: configure one, or choose another channel",
  ],
  notification_types_active_template_is_complete: [
    422,
    "templateId",
    "names a template that lacks a part its channel needs: publish a complete version",
  ],
  notification_types_active_conditions_can_be_judged: [
    422,
    "onCondition",
    "cannot be judged: the value must fit the data type, and the operator both",
  ],
  notification_types_deprecated_is_final: [409, "version", "is deprecated, which is final"],
  notification_types_active_versions_do_not_change: [
    409,
    "version",
    "is active and changes only to deprecated",
  ],
  notification_types_have_one_active_version: [
    409,
    "status",
    "cannot be active: another version became active at the same moment",
  ],
  notification_types_pkey: [409, "version", "was written by somebody else at the same moment"],
  case_type_notification_types_notification_type_is_known: [
    422,
    "notificationTypeIds",
    "names a notification type that is not there",
  ],
};
