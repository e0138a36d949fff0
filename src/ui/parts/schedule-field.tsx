import { ActionIcon, Button, Checkbox, Fieldset, Group, Stack, Switch, Text, TextInput } from "@mantine/core";
import type { JSX } from "react";
import type { Schedule } from "../../server/schemas/common.ts";
import { strings } from "../strings.ts";
import { Icon } from "./icons.tsx";

const ALL_DAY = { days: [0, 1, 2, 3, 4, 5, 6], fromMinute: 0, toMinute: 1440 };
const words = strings.schedule;

/** Hours of the week in which something is on; null: always. */
export function ScheduleField(props: {
  readonly label: string;
  readonly value: Schedule | null;
  readonly onChange: (value: Schedule | null) => void;
}): JSX.Element {
  const { label, value, onChange } = props;
  const spans = value ?? [];
  const change = (index: number, part: Partial<Schedule[number]>): void =>
    onChange(spans.map((span, i) => (i === index ? { ...span, ...part } : span)));
  return (
    <Fieldset legend={label}>
      <Stack gap="sm">
        <Switch
          label={words.always}
          checked={value === null}
          onChange={({ currentTarget: { checked } }) => onChange(checked ? null : [ALL_DAY])}
        />
        {spans.map((span, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: spans have no other name than their place
          <Stack key={index} gap={6} role="group" aria-label={words.span(index + 1)}>
            <Group gap="xs">
              {words.days.map((day, number) => (
                <Checkbox
                  key={day}
                  label={day}
                  checked={span.days.includes(number)}
                  onChange={({ currentTarget: { checked } }) => {
                    const days = checked ? [...span.days, number].sort() : span.days.filter((one) => one !== number);
                    if (days.length > 0) change(index, { days });
                  }}
                />
              ))}
            </Group>
            <Group gap="xs" align="flex-end">
              <TextInput
                type="time"
                label={words.from}
                value={toClock(span.fromMinute)}
                onChange={({ currentTarget: { value: text } }) => change(index, { fromMinute: fromClock(text, 0) })}
              />
              <TextInput
                type="time"
                label={words.to}
                value={toClock(span.toMinute % 1440)}
                onChange={({ currentTarget: { value: text } }) =>
                  change(index, { toMinute: fromClock(text, 1440) || 1440 })
                }
              />
              <ActionIcon
                variant="subtle"
                color="gray"
                size="lg"
                aria-label={words.remove(index + 1)}
                onClick={() => onChange(spans.length > 1 ? spans.filter((_, i) => i !== index) : null)}
              >
                <Icon name="trash" size={18} />
              </ActionIcon>
              {span.toMinute <= span.fromMinute && (
                <Text size="xs" c="dimmed">
                  {words.overnight}
                </Text>
              )}
            </Group>
          </Stack>
        ))}
        {value !== null && (
          <Group>
            <Button
              size="xs"
              variant="default"
              leftSection={<Icon name="plus" size={14} />}
              onClick={() => onChange([...spans, ALL_DAY])}
            >
              {words.add}
            </Button>
          </Group>
        )}
      </Stack>
    </Fieldset>
  );
}

/** 75 → `01:15`. */
function toClock(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;
}

function fromClock(text: string, otherwise: number): number {
  const [hours, minutes] = text.split(":").map(Number);
  return hours === undefined || minutes === undefined || Number.isNaN(hours + minutes)
    ? otherwise
    : hours * 60 + minutes;
}

/** `Mon–Fri 08:00–18:00`, for tables. */
export function scheduleText(schedule: Schedule | null | undefined): string {
  if (schedule == null) return words.always;
  return schedule
    .map(({ days, fromMinute, toMinute }) => {
      const names = days.length === 7 ? words.daily : days.map((day) => words.days[day]).join(" ");
      return `${names} ${toClock(fromMinute)}–${toClock(toMinute % 1440)}`;
    })
    .join(", ");
}
