import { Button, Modal, Paper, SegmentedControl, Stack } from "@mantine/core";
import { type JSX, useState } from "react";
import type { Site } from "../../../server/schemas/administration.ts";
import type { Charge } from "../../../server/schemas/tolls.ts";
import { useGet, usePages } from "../../api/queries.ts";
import { type Column, DataTable } from "../../parts/data-table.tsx";
import { formatTimeShort, percent } from "../../parts/format.ts";
import { formatMoney } from "../../parts/money.ts";
import { More } from "../../parts/more.tsx";
import { Plate } from "../../parts/plate.tsx";
import { Answer, Empty } from "../../parts/states.tsx";
import { siteStrings } from "../../site-strings.ts";
import { strings } from "../../strings.ts";
import { ChargeDetails, ChargeState, type TollMoney } from "./toll-charge.tsx";

const words = siteStrings.toll;
const STATES = ["charged", "disputed", "cancelled"] as const;

/** Charges as a list; with `isReview` only those that wait for a person. */
export function TollCharges({ site, isReview }: { readonly site: Site; readonly isReview: boolean }): JSX.Element {
  const [state, setState] = useState<string>("");
  const [shown, setShown] = useState<string | null>(null);
  const money = useTollMoney(site);
  const setup = useGet("/api/v1/sites/:id/toll", { params: { id: site.id } });
  const gantryOf = (id: string): string => setup.data?.gantries.find((one) => one.id === id)?.name ?? id;
  const chosen = STATES.find((one) => one === state);
  const charges = usePages("/api/v1/sites/:id/charges", {
    params: { id: site.id },
    query: isReview ? { person: "true" } : chosen === undefined ? {} : { state: chosen },
  });
  return (
    <Stack gap="md">
      {!isReview && (
        <SegmentedControl
          aria-label={siteStrings.state}
          data={[
            { value: "", label: words.any },
            ...STATES.map((value) => ({ value, label: words.states[value] ?? value })),
          ]}
          value={state}
          onChange={setState}
          style={{ alignSelf: "flex-start" }}
        />
      )}
      <Answer query={charges}>
        {({ rows }) => (
          <Paper>
            {rows.length > 0 ? (
              <ChargeTable charges={rows} money={money} gantryOf={gantryOf} onOpen={setShown} />
            ) : isReview ? (
              <Empty icon="check" title={words.reviewEmpty} text={words.reviewEmptyText} />
            ) : (
              <Empty icon="lists" title={words.noCharges} text={words.noChargesText} />
            )}
          </Paper>
        )}
      </Answer>
      <More pages={charges} />
      <Modal
        opened={shown !== null}
        onClose={() => setShown(null)}
        title={words.charge}
        size="xl"
        closeButtonProps={{ "aria-label": strings.actions.close }}
      >
        {shown !== null && <ChargeDetails key={shown} site={site} chargeId={shown} money={money} />}
      </Modal>
    </Stack>
  );
}

/** Amounts in the road's currency. */
export function useTollMoney(site: Site): TollMoney {
  const overview = useGet("/api/v1/sites/:id/toll/overview", { params: { id: site.id } });
  const { currency = null, digits = 2 } = overview.data ?? {};
  return { digits, show: (amount) => formatMoney(amount, currency, digits) };
}

function ChargeTable(props: {
  readonly charges: readonly Charge[];
  readonly money: TollMoney;
  readonly gantryOf: (id: string) => string;
  readonly onOpen: (id: string) => void;
}): JSX.Element {
  const columns: readonly Column<Charge>[] = [
    {
      head: siteStrings.plate,
      cell: ({ id, plate }) => (
        <Button
          variant="transparent"
          p={0}
          h="auto"
          aria-label={words.open(plate ?? siteStrings.forgotten)}
          onClick={() => props.onOpen(id)}
        >
          <Plate text={plate ?? siteStrings.forgotten} />
        </Button>
      ),
    },
    { head: siteStrings.time, cell: ({ timeMs }) => formatTimeShort(timeMs) },
    { head: words.account, cell: ({ account }) => account?.holder ?? words.noAccount },
    { head: words.charge, cell: ({ price, gantryIds }) => price?.text ?? gantryIds.map(props.gantryOf).join(" – ") },
    { head: words.sureness, cell: ({ probability }) => percent(probability), isNumber: true },
    { head: words.owed, cell: ({ owed }) => props.money.show(owed), isNumber: true },
    { head: siteStrings.state, cell: (charge) => <ChargeState charge={charge} /> },
  ];
  return (
    <DataTable label={words.charges} minWidth={760} columns={columns} rows={props.charges} keyOf={({ id }) => id} />
  );
}
