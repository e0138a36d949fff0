import { Button, Fieldset, Group, Text } from "@mantine/core";
import { type JSX, useState } from "react";
import type { Site } from "../../../server/schemas/administration.ts";
import type { BodyGiven } from "../../api/client.ts";
import { useMay } from "../../api/session.ts";
import { ChoiceField, MomentField } from "../../parts/fields.tsx";
import { formatTime } from "../../parts/format.ts";
import { freeId } from "../../parts/rows.tsx";
import { Section } from "../../parts/section.tsx";
import { Empty } from "../../parts/states.tsx";
import { siteStrings } from "../../site-strings.ts";
import { type SetupDraft, SetupForm } from "./setup-form.tsx";
import { TariffFields } from "./tariff-fields.tsx";
import { Simulator } from "./tariff-simulator.tsx";

const words = siteStrings.parking;
const PATH = "/api/v1/sites/:id/tariff";
type Plan = BodyGiven<"PUT", typeof PATH>;
type Version = Plan["versions"][number];
export type TariffDraft = Version["tariff"];

const FIRST: TariffDraft = {
  ...{ id: "tariff-1", name: "Tariff", currency: "EUR", freeMinutes: 15, graceMinutes: 15 },
  bands: [{ name: "Always", steps: [{ minutes: 60, price: 150 }] }],
  dayCap: { price: 1200, basis: "calendar" },
};

/** The tariff with its versions, and what a stay would cost under what stands on the page, saved or not. */
export function TariffPage({ site }: { readonly site: Site }): JSX.Element {
  const mayTry = useMay("sites:operate");
  return (
    <SetupForm
      site={site}
      path={PATH}
      after={(plan) => mayTry && plan.versions.length > 0 && <Simulator site={site} plan={plan} />}
    >
      {(form) => <Versions {...form} />}
    </SetupForm>
  );
}

function Versions({ draft, change }: SetupDraft<Plan>): JSX.Element {
  const [asked, setShown] = useState<number | null>(null);
  const mayWrite = useMay("sites:write");
  const { versions } = draft;
  const last = versions.length - 1;
  const shown = asked === null ? last : Math.min(asked, last);
  const version = versions[shown];
  if (version === undefined) {
    return (
      <Section title={words.tariffTitle}>
        <Empty icon="lists" title={words.noTariff}>
          {mayWrite && (
            <Button onClick={() => change({ versions: [{ fromMs: 0, tariff: FIRST }] })}>{words.makeTariff}</Button>
          )}
        </Empty>
      </Section>
    );
  }
  const changeVersion = (patch: Partial<Version>): void =>
    change({ versions: versions.map((one, i) => (i === shown ? { ...one, ...patch } : one)) });
  const add = (): void => {
    const id = freeId(
      "tariff",
      versions.map(({ tariff }) => tariff),
    );
    change({ versions: [...versions, { fromMs: Date.now(), tariff: { ...version.tariff, id } }] });
    setShown(null);
  };
  const names = Object.fromEntries(
    versions.map(({ fromMs }, i) => [String(i), fromMs === 0 ? words.fromBeginning : formatTime(fromMs)]),
  );
  return (
    <Section title={version.tariff.name} about={words.tariffAbout}>
      <Group align="flex-start" gap="sm">
        <ChoiceField
          label={words.version}
          hint={shown < last ? words.versionPast : words.newVersionHint}
          at="/versions"
          names={names}
          value={String(shown)}
          onChange={(value) => setShown(Number(value))}
        />
        {shown === last && version.fromMs !== 0 && (
          <MomentField
            label={words.versionFrom}
            at={`/versions/${shown}/fromMs`}
            value={version.fromMs}
            onChange={(fromMs) => changeVersion({ fromMs: fromMs ?? Date.now() })}
          />
        )}
        <ChoiceField
          label={words.onChange}
          at="/onChange"
          names={words.onChanges}
          value={draft.onChange ?? "entry"}
          onChange={(onChange) => change({ onChange })}
        />
      </Group>
      <Group gap="sm">
        <Button size="xs" variant="default" onClick={add}>
          {words.newVersion}
        </Button>
        {shown === last && last > 0 && (
          <Button size="xs" variant="subtle" color="red" onClick={() => change({ versions: versions.slice(0, -1) })}>
            {words.removeVersion}
          </Button>
        )}
      </Group>
      {shown < last && (
        <Text size="sm" c="dimmed">
          {words.versionPastText}
        </Text>
      )}
      <Fieldset variant="unstyled" disabled={shown < last} p={0} m={0} bd="0" miw={0}>
        <TariffFields
          key={shown}
          at={`/versions/${shown}/tariff`}
          tariff={version.tariff}
          onChange={(patch) => changeVersion({ tariff: { ...version.tariff, ...patch } })}
        />
      </Fieldset>
    </Section>
  );
}
