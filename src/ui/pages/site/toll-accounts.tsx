import { Button, Group, Modal, Stack } from "@mantine/core";
import { type JSX, useEffect, useState } from "react";
import type { Site } from "../../../server/schemas/administration.ts";
import type { TollAccountOnWire } from "../../../server/schemas/tolls.ts";
import type { BodyGiven } from "../../api/client.ts";
import { useGet, usePages, useSend } from "../../api/queries.ts";
import { useMay } from "../../api/session.ts";
import { AddButton } from "../../parts/add-button.tsx";
import { DataTable } from "../../parts/data-table.tsx";
import { EditAndRemove } from "../../parts/edit-and-remove.tsx";
import { useEdited } from "../../parts/edited.ts";
import { Fact, Facts } from "../../parts/fact.tsx";
import { FaultsOf } from "../../parts/faults.tsx";
import { ChoiceField, LinesField, MomentField, TextField } from "../../parts/fields.tsx";
import { FormModal } from "../../parts/form-modal.tsx";
import { formatMoney } from "../../parts/money.ts";
import { More } from "../../parts/more.tsx";
import { Rows } from "../../parts/rows.tsx";
import { Section } from "../../parts/section.tsx";
import { Answer, Empty } from "../../parts/states.tsx";
import { siteStrings } from "../../site-strings.ts";
import { strings } from "../../strings.ts";
import { SpanControl, useSpan } from "./span.tsx";
import { TOLL_STALE, Trail } from "./toll-charge.tsx";
import { useTollMoney } from "./toll-charges.tsx";

const words = siteStrings.toll;
const ACCOUNTS = "/api/v1/sites/:id/accounts";

export function TollAccounts({ site }: { readonly site: Site }): JSX.Element {
  const accounts = usePages(ACCOUNTS, { params: { id: site.id } });
  const money = useTollMoney(site);
  const edited = useEdited<TollAccountOnWire>();
  const [shown, setShown] = useState<TollAccountOnWire | null>(null);
  const mayOperate = useMay("sites:operate");
  const remove = useSend("DELETE", `${ACCOUNTS}/:account`, { stale: TOLL_STALE, done: siteStrings.done });
  return (
    <Section
      title={words.tabs.accounts}
      about={words.accountsAbout}
      flush
      actions={mayOperate && <AddButton label={words.addAccount} onClick={() => edited.open(null)} />}
    >
      <Answer query={accounts}>
        {({ rows }) =>
          rows.length === 0 ? (
            <Empty icon="lists" title={words.noAccounts} text={words.noAccountsText} />
          ) : (
            <DataTable
              label={words.tabs.accounts}
              minWidth={560}
              rows={rows}
              keyOf={({ id }) => id}
              columns={[
                { head: words.holder, cell: ({ holder }) => holder, isName: true },
                { head: words.plates, cell: ({ plates }) => plates.map(({ plate }) => plate).join(", ") },
                { head: words.owed, cell: ({ owed }) => money.show(owed), isNumber: true },
              ]}
              actions={(account) => (
                <>
                  <Button
                    size="compact-sm"
                    variant="subtle"
                    aria-label={words.statementOf(account.holder)}
                    onClick={() => setShown(account)}
                  >
                    {words.statement}
                  </Button>
                  {mayOperate && (
                    <EditAndRemove
                      name={account.holder}
                      words={words}
                      look="icons"
                      onEdit={() => edited.open(account)}
                      onRemove={() => remove.mutate({ params: { id: site.id, account: account.id } })}
                    />
                  )}
                </>
              )}
            />
          )
        }
      </Answer>
      <More pages={accounts} />
      <AccountForm site={site} account={edited.row} opened={edited.isOpen} onClose={edited.close} />
      <Modal
        opened={shown !== null}
        onClose={() => setShown(null)}
        title={words.statementOf(shown?.holder ?? "")}
        size="xl"
        closeButtonProps={{ "aria-label": strings.actions.close }}
      >
        {shown !== null && <Statement site={site} accountId={shown.id} />}
      </Modal>
    </Section>
  );
}

function Statement({ site, accountId }: { readonly site: Site; readonly accountId: string }): JSX.Element {
  const [days, setDays] = useState("30");
  const statement = useGet(
    "/api/v1/sites/:id/accounts/:account/statement",
    { params: { id: site.id, account: accountId }, query: useSpan(days) },
    { keepLast: true },
  );
  return (
    <Stack gap="md">
      <SpanControl value={days} onChange={setDays} />
      <Answer query={statement}>
        {({ opening, closing, entries, currency, digits }) => {
          const show = (amount: number): string => formatMoney(amount, currency, digits);
          return (
            <>
              <Facts>
                <Fact label={words.opening}>{show(opening)}</Fact>
                <Fact label={words.closing}>{show(closing)}</Fact>
              </Facts>
              {entries.length === 0 ? (
                <Empty icon="lists" title={words.noEntries} />
              ) : (
                <Trail trail={entries} money={{ digits, show }} />
              )}
            </>
          );
        }}
      </Answer>
    </Stack>
  );
}

type Body = BodyGiven<"POST", typeof ACCOUNTS>;
type AccountPlate = Body["plates"][number];

/** Most plates are no more than a line; those with a class or a validity of their own have a row. */
interface Draft {
  readonly holder: string;
  readonly special: readonly AccountPlate[];
  readonly plain: readonly string[];
}

const isPlain = ({ vehicleClass, validFromMs, validToMs }: AccountPlate): boolean =>
  vehicleClass == null && validFromMs == null && validToMs == null;

function draftOf(account: TollAccountOnWire | null): Draft {
  const plates = account?.plates ?? [];
  return {
    holder: account?.holder ?? "",
    special: plates.filter((one) => !isPlain(one)),
    plain: plates.filter(isPlain).map(({ plate }) => plate),
  };
}

function AccountForm(props: {
  readonly site: Site;
  readonly account: TollAccountOnWire | null;
  readonly opened: boolean;
  readonly onClose: () => void;
}): JSX.Element {
  const { site, account, opened, onClose } = props;
  const [draft, setDraft] = useState<Draft>(draftOf(null));
  const setup = useGet("/api/v1/sites/:id/toll", { params: { id: site.id } }, { enabled: opened });
  const done = { stale: TOLL_STALE, done: siteStrings.saved, ownProblem: true, onDone: onClose };
  const create = useSend("POST", ACCOUNTS, done);
  const update = useSend("PUT", `${ACCOUNTS}/:account`, done);
  const { reset: resetCreate } = create;
  const { reset: resetUpdate } = update;
  useEffect(() => {
    if (!opened) return;
    setDraft(draftOf(account));
    resetCreate();
    resetUpdate();
  }, [opened, account, resetCreate, resetUpdate]);
  const error = create.error ?? update.error;
  const submit = (): void => {
    const { holder, special, plain } = draft;
    const body: Body = { holder, plates: [...special, ...plain.map((plate) => ({ plate }))] };
    if (account === null) create.mutate({ params: { id: site.id }, body });
    else update.mutate({ params: { id: site.id, account: account.id }, body });
  };
  const classes = Object.fromEntries((setup.data?.classes ?? []).map((one) => [one, one]));
  return (
    <FormModal
      title={account === null ? words.addAccount : words.editAccount}
      size="lg"
      opened={opened}
      onClose={onClose}
      onSubmit={submit}
      isBusy={create.isPending || update.isPending}
      isDisabled={draft.holder.trim() === "" || draft.plain.length + draft.special.length === 0}
      error={error}
    >
      <FaultsOf error={error}>
        <TextField
          label={words.holder}
          at="/holder"
          maxLength={120}
          value={draft.holder}
          onChange={(holder) => setDraft({ ...draft, holder })}
        />
        <LinesField
          label={words.plates}
          hint={words.platesHint}
          at="/plates"
          fromIndex={draft.special.length}
          value={draft.plain}
          onChange={(plain) => setDraft({ ...draft, plain })}
        />
        <Rows
          at="/plates"
          rows={draft.special}
          onChange={(special) => setDraft({ ...draft, special })}
          add={words.addPlate}
          nameOf={({ plate }, i) => plate.trim() || words.plateNumber(i + 1)}
          fresh={(): AccountPlate => ({ plate: "", vehicleClass: setup.data?.classes[0] ?? null })}
        >
          {(row, change, at) => <PlateFields {...{ row, change, at, classes }} />}
        </Rows>
      </FaultsOf>
    </FormModal>
  );
}

function PlateFields(props: {
  readonly row: AccountPlate;
  readonly change: (patch: Partial<AccountPlate>) => void;
  readonly at: string;
  readonly classes: Readonly<Record<string, string>>;
}): JSX.Element {
  const { row, change, at, classes } = props;
  const own = row.vehicleClass ?? "";
  return (
    <>
      <Group align="flex-start" gap="sm">
        <TextField
          label={words.plate}
          at={`${at}/plate`}
          maxLength={32}
          value={row.plate}
          onChange={(plate) => change({ plate })}
        />
        <ChoiceField
          label={words.vehicleClass}
          at={`${at}/vehicleClass`}
          names={{ "": words.defaultClass, ...(own === "" ? {} : { [own]: own }), ...classes }}
          value={own}
          onChange={(name) => change({ vehicleClass: name === "" ? null : name })}
        />
      </Group>
      <Group align="flex-start" gap="sm">
        <MomentField
          label={words.validFrom}
          at={`${at}/validFromMs`}
          value={row.validFromMs ?? null}
          onChange={(validFromMs) => change({ validFromMs })}
        />
        <MomentField
          label={words.validTo}
          at={`${at}/validToMs`}
          value={row.validToMs ?? null}
          onChange={(validToMs) => change({ validToMs })}
        />
      </Group>
    </>
  );
}
