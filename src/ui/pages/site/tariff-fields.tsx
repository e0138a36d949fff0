import { Fieldset, Group, Stack } from "@mantine/core";
import type { JSX } from "react";
import { ChoiceField, LinesField, MoneyField, NumberField, SwitchField, TextField } from "../../parts/fields.tsx";
import { digitsOf } from "../../parts/money.ts";
import { Rows } from "../../parts/rows.tsx";
import { siteStrings } from "../../site-strings.ts";
import type { TariffDraft } from "./tariff.tsx";
import { Bands } from "./tariff-bands.tsx";

const words = siteStrings.parking;

export interface TariffFieldsProps {
  readonly tariff: TariffDraft;
  readonly onChange: (patch: Partial<TariffDraft>) => void;
  /** Path of the tariff. */
  readonly at: string;
}

export function TariffFields(props: TariffFieldsProps): JSX.Element {
  const { tariff, onChange, at } = props;
  const digits = digitsOf(tariff.currency);
  return (
    <Stack gap="md">
      <Basics {...props} />
      <Fieldset legend={words.bands}>
        <Bands at={`${at}/bands`} digits={digits} bands={tariff.bands} onChange={(bands) => onChange({ bands })} />
      </Fieldset>
      <Fieldset legend={words.caps}>
        <Caps {...props} />
      </Fieldset>
      <Fieldset legend={words.holidays}>
        <LinesField
          label={words.holidayDates}
          hint={words.holidaysHint}
          at={`${at}/holidays`}
          value={tariff.holidays ?? []}
          onChange={(holidays) => onChange({ holidays: holidays.length === 0 ? undefined : [...holidays] })}
        />
      </Fieldset>
      <Fieldset legend={words.events}>
        <Events {...props} />
      </Fieldset>
    </Stack>
  );
}

function Basics({ tariff, onChange, at }: TariffFieldsProps): JSX.Element {
  return (
    <>
      <Group align="flex-start" gap="sm">
        <TextField
          label={words.tariffName}
          at={`${at}/name`}
          maxLength={120}
          value={tariff.name}
          onChange={(name) => onChange({ name })}
        />
        <TextField
          label={words.currency}
          hint={words.currencyHint}
          at={`${at}/currency`}
          maxLength={3}
          value={tariff.currency}
          onChange={(currency) => onChange({ currency: currency.toUpperCase() })}
        />
        <NumberField
          label={words.freeMinutes}
          at={`${at}/freeMinutes`}
          suffix="min"
          value={tariff.freeMinutes ?? 0}
          onChange={(freeMinutes) => onChange({ freeMinutes })}
        />
        <NumberField
          label={words.graceMinutes}
          at={`${at}/graceMinutes`}
          suffix="min"
          value={tariff.graceMinutes ?? 15}
          onChange={(graceMinutes) => onChange({ graceMinutes })}
        />
      </Group>
      <SwitchField
        label={words.freeDeducted}
        hint={words.freeDeductedHint}
        at={`${at}/freeMinutesDeducted`}
        value={tariff.freeMinutesDeducted ?? false}
        onChange={(freeMinutesDeducted) => onChange({ freeMinutesDeducted })}
      />
    </>
  );
}

function Caps({ tariff, onChange, at }: TariffFieldsProps): JSX.Element {
  const { dayCap } = tariff;
  const digits = digitsOf(tariff.currency);
  return (
    <Group align="flex-start" gap="sm">
      <MoneyField
        label={words.dayCap}
        hint={words.dayCapHint}
        at={`${at}/dayCap/price`}
        digits={digits}
        value={dayCap?.price}
        onChange={(price) =>
          onChange({ dayCap: price === undefined ? undefined : { price, basis: dayCap?.basis ?? "calendar" } })
        }
      />
      {dayCap !== undefined && (
        <ChoiceField
          label={words.capBasis}
          at={`${at}/dayCap/basis`}
          names={words.bases}
          value={dayCap.basis}
          onChange={(basis) => onChange({ dayCap: { ...dayCap, basis } })}
        />
      )}
      <ChoiceField
        label={words.stepsRestart}
        at={`${at}/stepsRestart`}
        names={words.restarts}
        value={tariff.stepsRestart ?? "never"}
        onChange={(stepsRestart) => onChange({ stepsRestart })}
      />
      <MoneyField
        label={words.lostPrice}
        hint={words.lostHint}
        at={`${at}/lostReadPrice`}
        digits={digits}
        value={tariff.lostReadPrice}
        onChange={(lostReadPrice) => onChange({ lostReadPrice })}
      />
    </Group>
  );
}

type TariffEvent = NonNullable<TariffDraft["events"]>[number];

/** One price for the whole of an event, by the site's clock: 18:00 there, wherever this page is open. */
function Events({ tariff, onChange, at }: TariffFieldsProps): JSX.Element {
  const events = tariff.events ?? [];
  return (
    <Rows
      at={`${at}/events`}
      rows={events}
      onChange={(rows) => onChange({ events: rows.length === 0 ? undefined : [...rows] })}
      add={words.addEvent}
      empty={words.noEvents}
      nameOf={({ name }, i) => name.trim() || words.newEvent(i + 1)}
      fresh={(): TariffEvent => ({ name: "", from: "", to: "", price: Number.NaN })}
    >
      {(event, change, eventAt) => (
        <Group align="flex-start" gap="sm">
          <TextField
            label={words.eventName}
            at={`${eventAt}/name`}
            maxLength={120}
            value={event.name}
            onChange={(name) => change({ name })}
          />
          <TextField
            label={words.eventFrom}
            type="datetime-local"
            at={`${eventAt}/from`}
            value={event.from}
            onChange={(from) => change({ from })}
          />
          <TextField
            label={words.eventTo}
            type="datetime-local"
            at={`${eventAt}/to`}
            value={event.to}
            onChange={(to) => change({ to })}
          />
          <MoneyField
            label={words.eventPrice}
            at={`${eventAt}/price`}
            digits={digitsOf(tariff.currency)}
            value={Number.isNaN(event.price) ? undefined : event.price}
            onChange={(price) => change({ price: price ?? Number.NaN })}
          />
        </Group>
      )}
    </Rows>
  );
}
