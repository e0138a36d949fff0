/** Bands of a tariff: the hours in which each holds, and its steps or its one price. The last is always. */
import { Group, SegmentedControl, Text } from "@mantine/core";
import type { JSX } from "react";
import { MoneyField, NumberField, OptionalNumberField, TextField } from "../../parts/fields.tsx";
import { Rows } from "../../parts/rows.tsx";
import { siteStrings } from "../../site-strings.ts";
import { HoursField } from "./hours-field.tsx";
import type { TariffDraft } from "./tariff.tsx";

const words = siteStrings.parking;
type Band = TariffDraft["bands"][number];
type Step = NonNullable<Band["steps"]>[number];
const WAYS = ["steps", "flat"] as const;

/** A price that is not typed yet: it goes out as null, which the server names as missing. */
const shownPrice = (price: number): number | undefined => (Number.isNaN(price) ? undefined : price);

export function Bands(props: {
  readonly at: string;
  readonly digits: number;
  readonly bands: readonly Band[];
  readonly onChange: (bands: Band[]) => void;
}): JSX.Element {
  const { at, digits, bands, onChange } = props;
  const last = bands.length - 1;
  return (
    <Rows
      at={at}
      rows={bands}
      // A new one stands before the last, which has no hours and would hide it.
      onChange={(rows) =>
        onChange(rows.length > bands.length ? [...rows.slice(0, -2), ...rows.slice(-2).reverse()] : [...rows])
      }
      add={words.addBand}
      nameOf={({ name }, i) => (i === last ? words.alwaysBand(name) : name.trim() || words.newBand(i + 1))}
      isOrdered
      isFixed={(_, i) => i === last}
      fresh={(): Band => ({
        ...{ name: "", hours: [{ from: "20:00", to: "07:00" }], steps: [{ minutes: 60, price: Number.NaN }] },
      })}
    >
      {(band, change, bandAt, i) => <BandFields {...{ band, change, digits }} at={bandAt} isLast={i === last} />}
    </Rows>
  );
}

function BandFields(props: {
  readonly band: Band;
  readonly change: (patch: Partial<Band>) => void;
  readonly at: string;
  readonly digits: number;
  readonly isLast: boolean;
}): JSX.Element {
  const { band, change, at, digits, isLast } = props;
  const way = band.flat === undefined ? "steps" : "flat";
  return (
    <>
      <Group align="flex-end" gap="sm">
        <TextField
          label={words.bandName}
          at={`${at}/name`}
          maxLength={120}
          value={band.name}
          onChange={(name) => change({ name })}
        />
        <SegmentedControl
          aria-label={words.pricedBy}
          data={WAYS.map((value) => ({ value, label: words.ways[value] }))}
          value={way}
          onChange={(value) =>
            change(
              value === "flat"
                ? { flat: Number.NaN, steps: undefined }
                : { flat: undefined, steps: [{ minutes: 60, price: Number.NaN }] },
            )
          }
        />
      </Group>
      {isLast ? (
        <Text size="sm" c="dimmed">
          {words.alwaysHint}
        </Text>
      ) : (
        <HoursField
          at={`${at}/hours`}
          hours={band.hours ?? []}
          empty={words.noHours}
          onChange={(hours) => change({ hours })}
        />
      )}
      {way === "flat" ? (
        <MoneyField
          label={words.flat}
          hint={isLast ? words.flatAlwaysHint : words.flatHint}
          at={`${at}/flat`}
          width={260}
          digits={digits}
          value={shownPrice(band.flat ?? Number.NaN)}
          onChange={(flat) => change({ flat: flat ?? Number.NaN })}
        />
      ) : (
        <Steps at={`${at}/steps`} digits={digits} steps={band.steps ?? []} onChange={(steps) => change({ steps })} />
      )}
    </>
  );
}

function Steps(props: {
  readonly at: string;
  readonly digits: number;
  readonly steps: readonly Step[];
  readonly onChange: (steps: Step[]) => void;
}): JSX.Element {
  const { at, digits, steps, onChange } = props;
  return (
    <Rows
      isPlain
      at={at}
      rows={steps}
      onChange={(rows) => onChange([...rows])}
      add={words.addStep}
      nameOf={(_, i) => words.stepName(i + 1)}
      isFixed={() => steps.length === 1}
      fresh={(): Step => ({ minutes: 60, price: steps.at(-1)?.price ?? Number.NaN })}
    >
      {(step, change, stepAt, i) => (
        <>
          <NumberField
            label={words.stepMinutes(i + 1)}
            at={`${stepAt}/minutes`}
            suffix="min"
            min={1}
            width={150}
            value={step.minutes}
            onChange={(minutes) => change({ minutes })}
          />
          <MoneyField
            label={words.stepPrice}
            at={`${stepAt}/price`}
            width={110}
            digits={digits}
            value={shownPrice(step.price)}
            onChange={(price) => change({ price: price ?? Number.NaN })}
          />
          {i < steps.length - 1 && (
            <OptionalNumberField
              label={words.stepTimes}
              at={`${stepAt}/times`}
              min={1}
              width={120}
              value={step.times ?? 1}
              onChange={(times) => change({ times })}
            />
          )}
        </>
      )}
    </Rows>
  );
}
