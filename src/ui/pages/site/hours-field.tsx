/** Hours of the week on the site's clock, with holidays as days of their own: bands of tariffs, restrictions. */
import { Button, Checkbox, Group, Text, TextInput } from "@mantine/core";
import type { JSX } from "react";
import type { z } from "zod";
import type { weeklyHoursSchema } from "../../../server/schemas/parking.ts";
import { useFault } from "../../parts/faults.tsx";
import type { FieldProps } from "../../parts/fields.tsx";
import { Rows } from "../../parts/rows.tsx";
import { siteStrings } from "../../site-strings.ts";

const words = siteStrings.hours;
export type WeeklyHours = z.input<typeof weeklyHoursSchema>;
type Day = NonNullable<WeeklyHours["days"]>[number];
const DAYS: readonly Day[] = [1, 2, 3, 4, 5, 6, 7, "holiday"];

const dayName = (day: Day): string => (day === "holiday" ? words.holiday : (words.weekdays[day - 1] ?? ""));

export function HoursField(props: {
  readonly at: string;
  readonly hours: readonly WeeklyHours[];
  readonly onChange: (hours: WeeklyHours[]) => void;
  /** What holds while there are none. */
  readonly empty: string;
}): JSX.Element {
  const { at, hours, onChange, empty } = props;
  return (
    <Rows
      at={at}
      rows={hours}
      onChange={(rows) => onChange([...rows])}
      add={words.add}
      empty={empty}
      nameOf={hoursText}
      fresh={(): WeeklyHours => ({ from: "20:00", to: "07:00" })}
    >
      {(row, change, rowAt) => (
        <>
          <Group gap="sm" role="group" aria-label={words.days}>
            {DAYS.map((day) => {
              const chosen = row.days ?? [];
              return (
                <Checkbox
                  key={day}
                  label={dayName(day)}
                  checked={chosen.includes(day)}
                  onChange={({ currentTarget: { checked } }) => {
                    const days = DAYS.filter((one) => (one === day ? checked : chosen.includes(one)));
                    change({ days: days.length === 0 ? undefined : days });
                  }}
                />
              );
            })}
          </Group>
          <Text size="xs" c="dimmed">
            {words.daysHint}
          </Text>
          <Group align="flex-start" gap="sm">
            <ClockField
              label={words.from}
              at={`${rowAt}/from`}
              value={row.from}
              onChange={(from) => change({ from })}
            />
            <ClockField
              label={words.to}
              at={`${rowAt}/to`}
              value={row.to}
              hint={row.to <= row.from ? words.overnight : undefined}
              isEnd
              onChange={(to) => change({ to })}
            />
          </Group>
        </>
      )}
    </Rows>
  );
}

/** `08:00`; an end may be 24:00, which browsers' own fields for times can't hold. */
function ClockField(props: FieldProps<string> & { readonly isEnd?: boolean }): JSX.Element {
  const { label, at, value, onChange, hint, isEnd = false } = props;
  const isMidnight = value === "24:00";
  return (
    <Group gap={4} align="flex-start" wrap="nowrap">
      <TextInput
        type={isMidnight ? "text" : "time"}
        readOnly={isMidnight}
        label={label}
        {...(hint === undefined ? {} : { description: hint })}
        inputWrapperOrder={["label", "input", "description", "error"]}
        error={useFault(at)}
        value={value}
        w={140}
        onChange={({ currentTarget }) => onChange(currentTarget.value)}
      />
      {isEnd && (
        <Button variant="subtle" size="xs" mt={26} onClick={() => onChange(isMidnight ? "22:00" : "24:00")}>
          {isMidnight ? words.otherEnd : words.midnight}
        </Button>
      )}
    </Group>
  );
}

/** `Mon Tue 20:00–07:00`, as a heading. */
export function hoursText({ days, from, to }: WeeklyHours): string {
  const names = days === undefined ? words.everyDay : days.map(dayName).join(" ");
  return `${names} ${from}–${to}`;
}
