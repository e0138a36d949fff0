import { Button, Group, TextInput } from "@mantine/core";
import { type JSX, useState } from "react";
import type { Site } from "../../../server/schemas/administration.ts";
import type { BodyGiven } from "../../api/client.ts";
import { useSend } from "../../api/queries.ts";
import { fromLocalInput, toLocalInput } from "../../parts/local-time.ts";
import { Section } from "../../parts/section.tsx";
import { Problem } from "../../parts/states.tsx";
import { siteStrings } from "../../site-strings.ts";
import { FeeLines } from "./fee-lines.tsx";

const words = siteStrings.parking;
const HOUR_MS = 3_600_000;

/** What a stay from one moment to another costs under a plan, saved or not. */
export function Simulator(props: {
  readonly site: Site;
  readonly plan: BodyGiven<"PUT", "/api/v1/sites/:id/tariff">;
}): JSX.Element {
  const { site, plan } = props;
  const [from, setFrom] = useState(() => toLocalInput(Date.now()));
  const [to, setTo] = useState(() => toLocalInput(Date.now() + 2.5 * HOUR_MS));
  const price = useSend("POST", "/api/v1/sites/:id/tariff/price", { ownProblem: true });
  const [fromMs, toMs] = [fromLocalInput(from), fromLocalInput(to)];
  const { data } = price;
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
      {data !== undefined && (
        <FeeLines
          label={words.lines}
          lines={data.lines}
          total={{ text: words.total, amount: data.amount }}
          currency={data.currency}
          digits={data.digits}
        />
      )}
    </Section>
  );
}
