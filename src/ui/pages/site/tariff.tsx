import {
  ActionIcon,
  Button,
  Checkbox,
  Fieldset,
  Group,
  NativeSelect,
  NumberInput,
  Stack,
  Table,
  Text,
  Textarea,
  TextInput,
} from "@mantine/core";
import { type JSX, useEffect, useState } from "react";
import type { Site } from "../../../server/schemas/administration.ts";
import type { TariffOnWire, TariffPlanOnWire } from "../../../server/schemas/parking.ts";
import { useGet, useSend } from "../../api/queries.ts";
import { useMay } from "../../api/session.ts";
import { formatTime } from "../../parts/format.ts";
import { Icon } from "../../parts/icons.tsx";
import { fromLocalInput, toLocalInput } from "../../parts/local-time.ts";
import { formatMoney, moneyInput, moneyOf } from "../../parts/money.ts";
import { Section } from "../../parts/section.tsx";
import { Answer, Empty, Problem } from "../../parts/states.tsx";
import { siteStrings } from "../../site-strings.ts";

const words = siteStrings.parking;
const PATH = "/api/v1/sites/:id/tariff";
type Band = TariffOnWire["bands"][number];

const FIRST: TariffOnWire = {
  ...{ id: "tariff-1", name: "Tariff", currency: "EUR", freeMinutes: 15, graceMinutes: 15 },
  bands: [{ name: "Always", steps: [{ minutes: 60, price: 150 }] }],
  dayCap: { price: 1200, basis: "calendar" },
};

export function TariffPage({ site }: { readonly site: Site }): JSX.Element {
  const plan = useGet(PATH, { params: { id: site.id } });
  return <Answer query={plan}>{(found) => <Editor site={site} plan={found} />}</Answer>;
}

/** The latest version as a form; earlier ones stay as they are. */
function Editor({ site, plan }: { readonly site: Site; readonly plan: TariffPlanOnWire }): JSX.Element {
  const [draft, setDraft] = useState(plan);
  useEffect(() => setDraft(plan), [plan]);
  const mayWrite = useMay("sites:write");
  const mayTry = useMay("sites:operate");
  const save = useSend("PUT", PATH, {
    stale: [PATH, "/api/v1/sites/:id/sessions"],
    done: siteStrings.saved,
    ownProblem: true,
  });
  const last = draft.versions.at(-1);
  const change = (patch: Partial<TariffOnWire>): void => {
    if (last === undefined) return;
    setDraft({
      ...draft,
      versions: [...draft.versions.slice(0, -1), { ...last, tariff: { ...last.tariff, ...patch } }],
    });
  };
  if (last === undefined) {
    return (
      <Section title={words.tariffTitle}>
        <Empty icon="lists" title={words.noTariff}>
          {mayWrite && (
            <Button onClick={() => setDraft({ ...draft, versions: [{ fromMs: 0, tariff: FIRST }] })}>
              {words.makeTariff}
            </Button>
          )}
        </Empty>
      </Section>
    );
  }
  const addVersion = (): void => {
    const id = `tariff-${draft.versions.length + 1}`;
    setDraft({ ...draft, versions: [...draft.versions, { fromMs: Date.now(), tariff: { ...last.tariff, id } }] });
  };
  return (
    <Stack gap="lg">
      <Section
        title={last.tariff.name}
        about={
          last.fromMs === 0
            ? words.tariffAbout
            : `${words.versionFrom} ${formatTime(last.fromMs)}. ${words.tariffAbout}`
        }
        actions={
          mayWrite && (
            <Button size="xs" variant="default" title={words.newVersionHint} onClick={addVersion}>
              {words.newVersion}
            </Button>
          )
        }
      >
        <Fieldset variant="unstyled" disabled={!mayWrite}>
          <TariffFields tariff={last.tariff} onChange={change} />
        </Fieldset>
        {save.error !== null && <Problem error={save.error} />}
        {mayWrite && (
          <Group justify="flex-end">
            <Button loading={save.isPending} onClick={() => save.mutate({ params: { id: site.id }, body: draft })}>
              {words.save}
            </Button>
          </Group>
        )}
      </Section>
      {mayTry && <Simulator site={site} plan={draft} />}
    </Stack>
  );
}

interface FieldsProps {
  readonly tariff: TariffOnWire;
  readonly onChange: (patch: Partial<TariffOnWire>) => void;
}

function TariffFields({ tariff, onChange }: FieldsProps): JSX.Element {
  const { bands, dayCap } = tariff;
  const changeBand = (index: number, band: Band | null): void =>
    onChange({ bands: bands.flatMap((one, i) => (i !== index ? [one] : band === null ? [] : [band])) });
  const addBand = (): void => {
    const band: Band = {
      name: `Band ${bands.length}`,
      hours: [{ from: "20:00", to: "07:00" }],
      steps: [{ minutes: 60, price: 100 }],
    };
    onChange({ bands: [band, ...bands] });
  };
  return (
    <Stack gap="md">
      <Group grow align="flex-start">
        <TextInput
          label={words.tariffName}
          value={tariff.name}
          onChange={({ currentTarget }) => onChange({ name: currentTarget.value })}
        />
        <TextInput
          label={words.currency}
          value={tariff.currency}
          maxLength={3}
          onChange={({ currentTarget }) => onChange({ currency: currentTarget.value.toUpperCase() })}
        />
      </Group>
      <Group grow align="flex-start">
        <NumberInput
          label={words.freeMinutes}
          min={0}
          allowDecimal={false}
          value={tariff.freeMinutes ?? 0}
          onChange={(value) => onChange({ freeMinutes: Number(value) })}
        />
        <NumberInput
          label={words.graceMinutes}
          min={0}
          allowDecimal={false}
          value={tariff.graceMinutes ?? 15}
          onChange={(value) => onChange({ graceMinutes: Number(value) })}
        />
      </Group>
      <Group grow align="flex-start">
        <MoneyInput
          label={words.dayCap}
          amount={dayCap?.price}
          onChange={(price) =>
            onChange({ dayCap: price === undefined ? undefined : { price, basis: dayCap?.basis ?? "calendar" } })
          }
        />
        <NativeSelect
          label={words.capBasis}
          data={(["calendar", "24h"] as const).map((value) => ({ value, label: words.bases[value] }))}
          value={dayCap?.basis ?? "calendar"}
          disabled={dayCap === undefined}
          onChange={({ currentTarget: { value } }) => {
            if (dayCap !== undefined) onChange({ dayCap: { ...dayCap, basis: value === "24h" ? "24h" : "calendar" } });
          }}
        />
        <MoneyInput
          label={words.lostPrice}
          description={words.lostHint}
          amount={tariff.lostReadPrice}
          onChange={(lostReadPrice) => onChange({ lostReadPrice })}
        />
      </Group>
      {bands.map((band, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: bands have no other name that is theirs alone
        <BandFields key={i} band={band} isLast={i === bands.length - 1} onChange={(next) => changeBand(i, next)} />
      ))}
      <Group>
        <Button size="xs" variant="default" leftSection={<Icon name="plus" size={14} />} onClick={addBand}>
          {words.addBand}
        </Button>
      </Group>
      <Textarea
        label={words.holidays}
        description={words.holidaysHint}
        value={(tariff.holidays ?? []).join("\n")}
        onChange={({ currentTarget: { value } }) =>
          onChange({
            holidays: value
              .split("\n")
              .map((one) => one.trim())
              .filter((one) => one !== ""),
          })
        }
        autosize
        minRows={1}
        maxRows={6}
      />
    </Stack>
  );
}

function BandFields(props: {
  readonly band: Band;
  readonly isLast: boolean;
  readonly onChange: (band: Band | null) => void;
}): JSX.Element {
  const { band, isLast, onChange } = props;
  const hours = band.hours?.[0];
  const steps = band.steps ?? [];
  const setHours = (patch: Partial<NonNullable<typeof hours>>): void =>
    onChange({ ...band, hours: [{ ...(hours ?? { from: "08:00", to: "18:00" }), ...patch }] });
  const days = hours?.days ?? [];
  const toggle = (day: 1 | 2 | 3 | 4 | 5 | 6 | 7 | "holiday", isOn: boolean): void => {
    const next = isOn ? [...days, day] : days.filter((one) => one !== day);
    setHours({ days: next.length === 0 ? undefined : next });
  };
  return (
    <Fieldset legend={isLast ? words.always : band.name}>
      <Stack gap="sm">
        <Group align="flex-end" gap="sm">
          <TextInput
            label={words.bandName}
            value={band.name}
            onChange={({ currentTarget }) => onChange({ ...band, name: currentTarget.value })}
          />
          {!isLast && (
            <>
              <TextInput
                label={words.hoursFrom}
                type="time"
                value={hours?.from ?? ""}
                onChange={({ currentTarget }) => setHours({ from: currentTarget.value })}
              />
              <TextInput
                label={words.hoursTo}
                value={hours?.to ?? ""}
                maxLength={5}
                w={90}
                onChange={({ currentTarget }) => setHours({ to: currentTarget.value })}
              />
              <Button
                variant="subtle"
                color="red"
                size="xs"
                aria-label={words.removeBand(band.name)}
                onClick={() => onChange(null)}
              >
                <Icon name="trash" size={16} />
              </Button>
            </>
          )}
          <MoneyInput
            label={words.flat}
            amount={band.flat}
            onChange={(flat) =>
              onChange(
                flat === undefined
                  ? { ...band, flat: undefined, steps: [{ minutes: 60, price: 100 }] }
                  : { ...band, flat, steps: undefined },
              )
            }
          />
        </Group>
        {!isLast && (
          <Group gap="sm" role="group" aria-label={words.days}>
            {words.weekdays.map((name, i) => {
              const day = (i + 1) as 1 | 2 | 3 | 4 | 5 | 6 | 7; // there are seven
              return (
                <Checkbox
                  key={name}
                  label={name}
                  checked={days.includes(day)}
                  onChange={({ currentTarget }) => toggle(day, currentTarget.checked)}
                />
              );
            })}
            <Checkbox
              label={words.holiday}
              checked={days.includes("holiday")}
              onChange={({ currentTarget }) => toggle("holiday", currentTarget.checked)}
            />
          </Group>
        )}
        {band.flat === undefined &&
          steps.map((step, i) => {
            const set = (patch: Partial<typeof step> | null): void =>
              onChange({
                ...band,
                steps: steps.flatMap((one, j) => (j !== i ? [one] : patch === null ? [] : [{ ...one, ...patch }])),
              });
            return (
              // biome-ignore lint/suspicious/noArrayIndexKey: steps are known by their place alone
              <Group key={i} align="flex-end" gap="sm">
                <NumberInput
                  label={`${words.step} ${i + 1}: ${words.stepMinutes}`}
                  min={1}
                  allowDecimal={false}
                  value={step.minutes}
                  onChange={(value) => set({ minutes: Number(value) })}
                  w={170}
                />
                <MoneyInput
                  label={words.stepPrice}
                  amount={step.price}
                  onChange={(price) => set({ price: price ?? 0 })}
                />
                {steps.length > 1 && (
                  <ActionIcon
                    variant="subtle"
                    color="gray"
                    size="lg"
                    aria-label={words.removeStep}
                    onClick={() => set(null)}
                  >
                    <Icon name="trash" size={18} />
                  </ActionIcon>
                )}
              </Group>
            );
          })}
        {band.flat === undefined && (
          <Group>
            <Button
              size="compact-sm"
              variant="subtle"
              onClick={() => onChange({ ...band, steps: [...steps, { minutes: 60, price: 100 }] })}
            >
              {words.addStep}
            </Button>
          </Group>
        )}
      </Stack>
    </Fieldset>
  );
}

/** Keeps what is typed until it is an amount. */
function MoneyInput(props: {
  readonly label: string;
  readonly description?: string;
  readonly amount: number | undefined;
  readonly onChange: (amount: number | undefined) => void;
}): JSX.Element {
  const [text, setText] = useState(moneyInput(props.amount));
  return (
    <TextInput
      label={props.label}
      {...(props.description === undefined
        ? {}
        : { description: props.description, inputWrapperOrder: ["label", "input", "description"] as const })}
      value={text}
      inputMode="decimal"
      onChange={({ currentTarget: { value } }) => {
        setText(value);
        props.onChange(moneyOf(value) ?? undefined);
      }}
    />
  );
}

function Simulator({ site, plan }: { readonly site: Site; readonly plan: TariffPlanOnWire }): JSX.Element {
  const [from, setFrom] = useState(() => toLocalInput(Date.now()));
  const [to, setTo] = useState(() => toLocalInput(Date.now() + 2.5 * 3_600_000));
  const price = useSend("POST", "/api/v1/sites/:id/tariff/price", { ownProblem: true });
  const [fromMs, toMs] = [fromLocalInput(from), fromLocalInput(to)];
  return (
    <Section title={words.simulator} about={words.simulatorAbout}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (fromMs !== null && toMs !== null) price.mutate({ params: { id: site.id }, body: { fromMs, toMs, plan } });
        }}
      >
        <Group align="flex-end" gap="sm">
          <TextInput
            type="datetime-local"
            label={words.stayFrom}
            value={from}
            onChange={({ currentTarget }) => setFrom(currentTarget.value)}
          />
          <TextInput
            type="datetime-local"
            label={words.stayTo}
            value={to}
            onChange={({ currentTarget }) => setTo(currentTarget.value)}
          />
          <Button type="submit" loading={price.isPending} disabled={fromMs === null || toMs === null}>
            {words.ask}
          </Button>
        </Group>
      </form>
      {price.error !== null && <Problem error={price.error} />}
      {price.data !== undefined && (
        <Table aria-label={words.lines} verticalSpacing={4}>
          <Table.Tbody>
            {price.data.lines.map(({ text, amount }, i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: lines of one answer, never reordered
              <Table.Tr key={i}>
                <Table.Td>{text}</Table.Td>
                <Table.Td ta="right" className="numeric">
                  {formatMoney(amount, null, price.data.digits)}
                </Table.Td>
              </Table.Tr>
            ))}
            <Table.Tr>
              <Table.Td fw={650}>{words.total}</Table.Td>
              <Table.Td ta="right">
                <Text fw={650} className="numeric">
                  {formatMoney(price.data.amount, price.data.currency, price.data.digits)}
                </Text>
              </Table.Td>
            </Table.Tr>
          </Table.Tbody>
        </Table>
      )}
    </Section>
  );
}
