/** Fields of a form that is saved as a whole: each shows what the server found wrong at its path. */
import { Checkbox, NativeSelect, NumberInput, Switch, Textarea, TextInput } from "@mantine/core";
import { type JSX, useState } from "react";
import { useFault, useListFault } from "./faults.tsx";
import { fromLocalInput, toLocalInput } from "./local-time.ts";
import { moneyInput, moneyOf } from "./money.ts";

export interface FieldProps<Value> {
  readonly label: string;
  /** The path that the server names it by: `/gantries/0/name`. */
  readonly at: string;
  readonly value: Value;
  readonly onChange: (value: Value) => void;
  readonly hint?: string | undefined;
  /** Width in pixels; default: what is left. */
  readonly width?: number | undefined;
}

/** What all fields hand on to Mantine's. */
function useCommon({ label, at, hint, width }: Omit<FieldProps<never>, "value" | "onChange">) {
  return {
    label,
    error: useFault(at),
    inputWrapperOrder: ["label", "input", "description", "error"] as ["label", "input", "description", "error"],
    ...(hint === undefined ? {} : { description: hint }),
    ...(width === undefined ? { flex: 1, miw: 140 } : { w: width }),
  };
}

export function TextField(
  props: FieldProps<string> & { readonly maxLength?: number; readonly type?: "text" | "datetime-local" },
): JSX.Element {
  return (
    <TextInput
      {...useCommon(props)}
      type={props.type ?? "text"}
      value={props.value}
      onChange={({ currentTarget: { value } }) => props.onChange(value)}
      {...(props.maxLength === undefined ? {} : { maxLength: props.maxLength })}
    />
  );
}

interface NumberProps {
  readonly min?: number;
  readonly max?: number;
  readonly suffix?: string;
  readonly isWhole?: boolean;
}

/** NaN while nothing is typed: it goes out as null, which the server names as missing. */
export function NumberField(props: FieldProps<number> & NumberProps): JSX.Element {
  return (
    <OptionalNumberField
      {...props}
      value={Number.isNaN(props.value) ? undefined : props.value}
      onChange={(value) => props.onChange(value ?? Number.NaN)}
    />
  );
}

/** Undefined while nothing is typed. */
export function OptionalNumberField(props: FieldProps<number | undefined> & NumberProps): JSX.Element {
  const { min = 0, max, suffix, isWhole = true } = props;
  return (
    <NumberInput
      {...useCommon(props)}
      value={props.value ?? ""}
      onChange={(value) => props.onChange(value === "" || value === "-" ? undefined : Number(value))}
      min={min}
      {...(max === undefined ? {} : { max })}
      {...(suffix === undefined ? {} : { suffix: ` ${suffix}` })}
      allowDecimal={!isWhole}
      hideControls
    />
  );
}

/** A probability or share, 0..1, typed in per cent. */
export function PercentField(props: FieldProps<number | undefined>): JSX.Element {
  const { value, onChange } = props;
  return (
    <OptionalNumberField
      {...props}
      value={value === undefined ? undefined : Math.round(value * 1e6) / 1e4}
      onChange={(percent) => onChange(percent === undefined ? undefined : Math.round(percent * 1e4) / 1e6)}
      max={100}
      suffix="%"
      isWhole={false}
    />
  );
}

/** An amount in whole minor units. Keeps what is typed until it is another amount. */
export function MoneyField(props: FieldProps<number | undefined> & { readonly digits?: number }): JSX.Element {
  const { value, onChange, digits = 2 } = props;
  const [text, setText] = useState(moneyInput(value, digits));
  const typed = moneyOf(text, digits) ?? undefined;
  // Given from elsewhere, such as another row that moved here.
  const shown = typed === value ? text : moneyInput(value, digits);
  return (
    <TextInput
      {...useCommon(props)}
      value={shown}
      inputMode="decimal"
      onChange={({ currentTarget: { value: next } }) => {
        setText(next);
        onChange(moneyOf(next, digits) ?? undefined);
      }}
    />
  );
}

export function ChoiceField<Name extends string>(
  props: FieldProps<Name> & { readonly names: Readonly<Record<Name, string>> },
): JSX.Element {
  const all = Object.keys(props.names) as Name[]; // its own keys
  return (
    <NativeSelect
      {...useCommon(props)}
      data={all.map((value) => ({ value, label: props.names[value] }))}
      value={props.value}
      onChange={({ currentTarget: { value } }) => props.onChange(all.find((one) => one === value) ?? props.value)}
    />
  );
}

/** A moment on the clock beside the person; null for none. */
export function MomentField(props: FieldProps<number | null>): JSX.Element {
  return (
    <TextInput
      {...useCommon(props)}
      type="datetime-local"
      value={toLocalInput(props.value)}
      onChange={({ currentTarget: { value } }) => props.onChange(fromLocalInput(value))}
    />
  );
}

/** Several of a kind, one a line. `fromIndex`: where the server's list has the first of them. */
export function LinesField(props: FieldProps<readonly string[]> & { readonly fromIndex?: number }): JSX.Element {
  const { value, onChange, at, fromIndex } = props;
  const fault = useListFault(at, fromIndex);
  const [text, setText] = useState(value.join("\n"));
  const lines = linesOf(text);
  return (
    <Textarea
      {...useCommon(props)}
      error={fault}
      value={lines.join("\n") === value.join("\n") ? text : value.join("\n")}
      onChange={({ currentTarget: { value: next } }) => {
        setText(next);
        onChange(linesOf(next));
      }}
      autosize
      minRows={2}
      maxRows={8}
    />
  );
}

function linesOf(text: string): readonly string[] {
  return text
    .split(/[\n,;]+/)
    .map((one) => one.trim())
    .filter((one) => one !== "");
}

export function CheckField(props: Omit<FieldProps<boolean>, "width">): JSX.Element {
  return (
    <Checkbox
      label={props.label}
      error={useFault(props.at)}
      {...(props.hint === undefined ? {} : { description: props.hint })}
      checked={props.value}
      onChange={({ currentTarget: { checked } }) => props.onChange(checked)}
    />
  );
}

export function SwitchField(props: Omit<FieldProps<boolean>, "width">): JSX.Element {
  return (
    <Switch
      label={props.label}
      error={useFault(props.at)}
      {...(props.hint === undefined ? {} : { description: props.hint })}
      checked={props.value}
      onChange={({ currentTarget: { checked } }) => props.onChange(checked)}
    />
  );
}
