/** What passing gantries costs, by vehicle class: versions over time, fixed prices and prices by distance. */
import { Fieldset, Group, Stack, Text } from "@mantine/core";
import type { JSX } from "react";
import { ChoiceField, MomentField, MoneyField } from "../../parts/fields.tsx";
import { formatTime } from "../../parts/format.ts";
import { digitsOf } from "../../parts/money.ts";
import { freeId, Rows } from "../../parts/rows.tsx";
import { siteStrings } from "../../site-strings.ts";
import type { SetupDraft } from "./setup-form.tsx";
import type { TollDraft } from "./toll-setup.tsx";

const words = siteStrings.toll.setup;
type Tariff = TollDraft["tariffs"][number];
type Prices = NonNullable<Tariff["per100Km"]>;
type ChangeTariff = (patch: Partial<Tariff>) => void;

export function TollPrices({ draft, change }: SetupDraft<TollDraft>): JSX.Element {
  return (
    <Rows
      at="/tariffs"
      rows={draft.tariffs}
      onChange={(tariffs) => change({ tariffs: [...tariffs] })}
      add={words.addTariff}
      nameOf={({ fromMs }) => (fromMs === 0 ? words.tariffAlways : words.tariffFrom(formatTime(fromMs)))}
      fresh={() => ({ ...draft.tariffs.at(-1), id: freeId("tariff", draft.tariffs), fromMs: nextDay() })}
      isFixed={() => draft.tariffs.length === 1}
    >
      {(tariff, changeTariff, at) => <TariffFields {...{ draft, tariff, at }} change={changeTariff} />}
    </Rows>
  );
}

/** The next midnight by the clock beside the person. */
function nextDay(): number {
  const day = new Date();
  day.setHours(24, 0, 0, 0);
  return day.getTime();
}

function TariffFields(props: {
  readonly draft: TollDraft;
  readonly tariff: Tariff;
  readonly change: ChangeTariff;
  readonly at: string;
}): JSX.Element {
  const { draft, tariff, change, at } = props;
  const points = draft.gantries.filter(({ kind }) => kind === "point");
  const { currency, classes } = draft;
  const shared = { currency, classes };
  const setPoint = (id: string, prices: Prices | undefined): void => {
    const { [id]: _, ...others } = tariff.points ?? {};
    const next = prices === undefined ? others : { ...others, [id]: prices };
    change({ points: Object.keys(next).length === 0 ? undefined : next });
  };
  return (
    <>
      <MomentField
        label={words.inForce}
        hint={words.inForceHint}
        at={`${at}/fromMs`}
        width={240}
        value={tariff.fromMs === 0 ? null : tariff.fromMs}
        onChange={(fromMs) => change({ fromMs: fromMs ?? 0 })}
      />
      <PriceFields
        {...shared}
        label={words.per100Km}
        about={words.per100KmAbout}
        at={`${at}/per100Km`}
        prices={tariff.per100Km}
        onChange={(per100Km) => change({ per100Km })}
      />
      <Fieldset legend={words.points}>
        <Stack gap="sm">
          <Text size="sm" c="dimmed">
            {points.length === 0 ? words.noPoints : words.pointsAbout}
          </Text>
          {points.map(({ id, name }) => (
            <Stack key={id} gap={2} role="group" aria-label={name}>
              <Text size="sm" fw={600}>
                {name}
              </Text>
              <PriceInputs
                {...shared}
                at={`${at}/points/${id}`}
                prices={tariff.points?.[id]}
                onChange={(prices) => setPoint(id, prices)}
              />
            </Stack>
          ))}
        </Stack>
      </Fieldset>
      <Fieldset legend={words.trips}>
        <Trips {...props} />
      </Fieldset>
      <PriceFields
        {...shared}
        label={words.lostEnd}
        about={words.lostEndAbout}
        at={`${at}/lostEnd`}
        prices={tariff.lostEnd}
        onChange={(lostEnd) => change({ lostEnd })}
      />
    </>
  );
}

function Trips(props: {
  readonly draft: TollDraft;
  readonly tariff: Tariff;
  readonly change: ChangeTariff;
  readonly at: string;
}): JSX.Element {
  const { draft, tariff, change, at } = props;
  const ends = (kind: "entry" | "exit"): Readonly<Record<string, string>> =>
    Object.fromEntries(draft.gantries.filter((one) => one.kind === kind).map(({ id, name }) => [id, name]));
  const [entries, exits] = [ends("entry"), ends("exit")];
  const trips = tariff.trips ?? [];
  return (
    <Rows
      at={`${at}/trips`}
      rows={trips}
      onChange={(rows) => change({ trips: rows.length === 0 ? undefined : [...rows] })}
      add={words.addTrip}
      empty={words.noTrips}
      nameOf={({ entry, exit }) => words.trip(entries[entry] ?? entry, exits[exit] ?? exit)}
      fresh={() => ({ entry: Object.keys(entries)[0] ?? "", exit: Object.keys(exits)[0] ?? "", prices: {} })}
    >
      {(trip, changeTrip, tripAt) => (
        <>
          <Group align="flex-start" gap="sm">
            <ChoiceField
              label={words.entry}
              at={`${tripAt}/entry`}
              names={{ [trip.entry]: trip.entry, ...entries }}
              value={trip.entry}
              onChange={(entry) => changeTrip({ entry })}
            />
            <ChoiceField
              label={words.exit}
              at={`${tripAt}/exit`}
              names={{ [trip.exit]: trip.exit, ...exits }}
              value={trip.exit}
              onChange={(exit) => changeTrip({ exit })}
            />
          </Group>
          <PriceInputs
            currency={draft.currency}
            classes={draft.classes}
            at={`${tripAt}/prices`}
            prices={trip.prices}
            onChange={(prices) => changeTrip({ prices: prices ?? {} })}
          />
        </>
      )}
    </Rows>
  );
}

interface PricesProps {
  readonly currency: string;
  readonly classes: readonly string[];
  readonly at: string;
  /** Missing: no price of this kind. */
  readonly prices: Prices | undefined;
  readonly onChange: (prices: Prices | undefined) => void;
}

function PriceFields(props: PricesProps & { readonly label: string; readonly about?: string }): JSX.Element {
  const { label, about, ...inputs } = props;
  return (
    <Fieldset legend={label}>
      <Stack gap="xs">
        {about !== undefined && (
          <Text size="sm" c="dimmed">
            {about}
          </Text>
        )}
        <PriceInputs {...inputs} />
      </Stack>
    </Fieldset>
  );
}

/** One price for each class: all of them, or none. */
function PriceInputs({ currency, classes, at, prices, onChange }: PricesProps): JSX.Element {
  return (
    <Group align="flex-start" gap="sm">
      {classes.map((name) => (
        <MoneyField
          key={name}
          label={`${name}, ${currency}`}
          at={`${at}/${name}`}
          width={140}
          digits={digitsOf(currency)}
          value={prices?.[name]}
          {...(prices !== undefined && Object.keys(prices).length > 0 && prices[name] === undefined
            ? { hint: words.missingPrice }
            : {})}
          onChange={(amount) => {
            const next = Object.fromEntries(
              classes.flatMap((one) => {
                const price = one === name ? amount : prices?.[one];
                return price === undefined ? [] : [[one, price]];
              }),
            );
            onChange(Object.keys(next).length === 0 ? undefined : next);
          }}
        />
      ))}
    </Group>
  );
}
