import { Group, Stack, Text } from "@mantine/core";
import { type JSX, useState } from "react";
import type { Site } from "../../../server/schemas/administration.ts";
import type { TollOverview as Overview } from "../../../server/schemas/tolls.ts";
import { addressOf } from "../../api/client.ts";
import { useGet } from "../../api/queries.ts";
import { useMay } from "../../api/session.ts";
import { DataTable } from "../../parts/data-table.tsx";
import { Download } from "../../parts/download.tsx";
import { Fact, Facts } from "../../parts/fact.tsx";
import { formatNumber, percent } from "../../parts/format.ts";
import { formatMoney } from "../../parts/money.ts";
import { Section } from "../../parts/section.tsx";
import { Answer, Empty } from "../../parts/states.tsx";
import { siteStrings } from "../../site-strings.ts";
import { type Span, SpanControl, useSpan } from "./span.tsx";

const words = siteStrings.toll;
/** Wrong charges that a proposed threshold allows: 1 in 10,000, as the words beside it say. */
const RATE = 1e-4;

export function TollOverview({ site }: { readonly site: Site }): JSX.Element {
  const [days, setDays] = useState("7");
  const span = useSpan(days);
  const overview = useGet(
    "/api/v1/sites/:id/toll/overview",
    { params: { id: site.id }, query: span },
    { keepLast: true },
  );
  const mayExport = useMay("passages:export");
  return (
    <Stack gap="lg">
      <SpanControl value={days} onChange={setDays} />
      <Answer query={overview}>{(found) => <Figures overview={found} />}</Answer>
      <Threshold site={site} />
      {mayExport && <Books site={site} span={span} />}
    </Stack>
  );
}

function Figures({ overview }: { readonly overview: Overview }): JSX.Element {
  const { charged, review, disputed, accounts, reviewShare, gantries, currency, digits } = overview;
  return (
    <>
      <Section title={words.charged}>
        <Text fz={40} fw={700} lh={1}>
          {formatMoney(charged.amount, currency, digits)}
        </Text>
        <Facts>
          <Fact label={words.charges}>{formatNumber(charged.count)}</Fact>
          <Fact label={words.review}>{formatNumber(review)}</Fact>
          <Fact label={words.disputed}>{formatNumber(disputed)}</Fact>
          <Fact label={words.reviewShare}>{reviewShare === null ? "–" : percent(reviewShare)}</Fact>
          <Fact label={words.accounts}>{formatNumber(accounts)}</Fact>
        </Facts>
      </Section>
      <Section title={words.byGantry} flush>
        {gantries.length === 0 ? (
          <Empty icon="sites" title={words.noGantries} text={words.noGantriesText} />
        ) : (
          <DataTable
            label={words.byGantry}
            minWidth={320}
            rows={gantries}
            keyOf={({ id }) => id}
            columns={[
              { head: words.gantry, cell: ({ name }) => name, isName: true },
              { head: words.charges, cell: ({ charges }) => formatNumber(charges), isNumber: true },
              { head: words.charged, cell: ({ amount }) => formatMoney(amount, currency, digits), isNumber: true },
            ]}
          />
        )}
      </Section>
    </>
  );
}

/** Above which no person is asked, and what people's decisions would allow. */
export function Threshold({ site }: { readonly site: Site }): JSX.Element {
  const threshold = useGet("/api/v1/sites/:id/toll/threshold", { params: { id: site.id }, query: { rate: RATE } });
  return (
    <Section title={words.threshold} about={words.thresholdAbout}>
      <Answer query={threshold}>
        {({ inUse, threshold: proposed, answers, answersNeeded }) => (
          <Facts>
            <Fact label={words.thresholdInUse}>{inUse === null ? words.everything : percent(inUse)}</Fact>
            <Fact label={words.thresholdProposed}>
              {proposed === null ? words.thresholdMissing(answers, answersNeeded) : percent(proposed)}
            </Fact>
          </Facts>
        )}
      </Answer>
    </Section>
  );
}

function Books({ site, span }: { readonly site: Site; readonly span: Span }): JSX.Element {
  return (
    <Section title={words.books} about={words.booksAbout}>
      <Group gap="sm">
        {["csv", "json"].map((format) => (
          <Download
            key={format}
            size="sm"
            href={addressOf("/api/v1/sites/:id/ledger", { params: { id: site.id }, query: { ...span, format } })}
          >
            {format.toUpperCase()}
          </Download>
        ))}
      </Group>
    </Section>
  );
}
