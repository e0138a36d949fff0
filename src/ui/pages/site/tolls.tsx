import {
  Badge,
  Button,
  Group,
  Modal,
  Paper,
  SegmentedControl,
  SimpleGrid,
  Stack,
  Table,
  Text,
  Textarea,
  TextInput,
  Title,
} from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { type JSX, useState } from "react";
import type { Site } from "../../../server/schemas/administration.ts";
import type { Charge, ChargeDetail, TollAccountOnWire } from "../../../server/schemas/tolls.ts";
import { addressOf, type BodyGiven } from "../../api/client.ts";
import { useGet, usePages, useSend } from "../../api/queries.ts";
import { useMay } from "../../api/session.ts";
import { Fact, Facts } from "../../parts/fact.tsx";
import { FormModal } from "../../parts/form-modal.tsx";
import { formatNumber, formatTime, formatTimeShort, percent } from "../../parts/format.ts";
import { Icon } from "../../parts/icons.tsx";
import { JsonForm } from "../../parts/json-form.tsx";
import { formatMoney, moneyInput, moneyOf } from "../../parts/money.ts";
import { PassageThumb } from "../../parts/passage-table.tsx";
import { Plate } from "../../parts/plate.tsx";
import { Section } from "../../parts/section.tsx";
import { Answer, Empty } from "../../parts/states.tsx";
import { siteStrings } from "../../site-strings.ts";
import { strings } from "../../strings.ts";
import { SpanControl, useSpan } from "./parking.tsx";
import { SiteTabs } from "./site-tabs.tsx";

const words = siteStrings.toll;
const CHARGE = "/api/v1/sites/:id/charges/:charge";
const STALE = [
  "/api/v1/sites/:id/charges",
  CHARGE,
  "/api/v1/sites/:id/toll/overview",
  "/api/v1/sites/:id/toll/threshold",
  "/api/v1/sites/:id/accounts",
] as const;
const COLOURS: Readonly<Record<Charge["state"], string>> = {
  charged: "teal",
  review: "orange",
  disputed: "red",
  cancelled: "gray",
  void: "gray",
};

export function TollSite({ site }: { readonly site: Site }): JSX.Element {
  return (
    <SiteTabs names={words.tabs}>
      {(tab) => {
        switch (tab) {
          case "overview":
            return <Overview site={site} />;
          case "charges":
            return <Charges key="all" site={site} isReview={false} />;
          case "review":
            return <Charges key="review" site={site} isReview />;
          case "accounts":
            return <Accounts site={site} />;
          case "setup":
            return <Setup site={site} />;
        }
      }}
    </SiteTabs>
  );
}

function useCurrency(site: Site): (amount: number) => string {
  const overview = useGet("/api/v1/sites/:id/toll/overview", { params: { id: site.id } });
  return (amount) => formatMoney(amount, overview.data?.currency ?? null, overview.data?.digits);
}

function Overview({ site }: { readonly site: Site }): JSX.Element {
  const [days, setDays] = useState("7");
  const span = useSpan(days);
  const overview = useGet(
    "/api/v1/sites/:id/toll/overview",
    { params: { id: site.id }, query: span },
    { keepLast: true },
  );
  const mayExport = useMay("passages:export");
  const link = (format: string): string =>
    addressOf("/api/v1/sites/:id/ledger", { params: { id: site.id }, query: { ...span, format } });
  return (
    <Stack gap="lg">
      <SpanControl value={days} onChange={setDays} />
      <Answer query={overview}>
        {({ charged, review, disputed, accounts, reviewShare, gantries, currency, digits }) => (
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
              <Table.ScrollContainer minWidth={360} type="native" tabIndex={0}>
                <Table aria-label={words.byGantry}>
                  <Table.Thead>
                    <Table.Tr>
                      <Table.Th>{words.gantry}</Table.Th>
                      <Table.Th ta="right">{words.charges}</Table.Th>
                      <Table.Th ta="right">{words.charged}</Table.Th>
                    </Table.Tr>
                  </Table.Thead>
                  <Table.Tbody>
                    {gantries.map(({ id, name, charges, amount }) => (
                      <Table.Tr key={id}>
                        <Table.Td>{name}</Table.Td>
                        <Table.Td ta="right" className="numeric">
                          {formatNumber(charges)}
                        </Table.Td>
                        <Table.Td ta="right" className="numeric">
                          {formatMoney(amount, currency, digits)}
                        </Table.Td>
                      </Table.Tr>
                    ))}
                  </Table.Tbody>
                </Table>
              </Table.ScrollContainer>
            </Section>
          </>
        )}
      </Answer>
      <Threshold site={site} />
      {mayExport && (
        <Section title={words.books} about={words.booksAbout}>
          <Group gap="sm">
            {["csv", "json"].map((format) => (
              <Button
                key={format}
                component="a"
                href={link(format)}
                variant="default"
                leftSection={<Icon name="download" size={16} />}
              >
                {format.toUpperCase()}
              </Button>
            ))}
          </Group>
        </Section>
      )}
    </Stack>
  );
}

function Threshold({ site }: { readonly site: Site }): JSX.Element {
  const threshold = useGet("/api/v1/sites/:id/toll/threshold", { params: { id: site.id }, query: { rate: 1e-4 } });
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

const STATES = ["charged", "disputed", "cancelled"] as const;

function Charges({ site, isReview }: { readonly site: Site; readonly isReview: boolean }): JSX.Element {
  const [state, setState] = useState<string>("");
  const [shown, setShown] = useState<string | null>(null);
  const money = useCurrency(site);
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
        {({ rows }) =>
          rows.length === 0 ? (
            <Paper>
              <Empty
                icon={isReview ? "check" : "lists"}
                title={isReview ? words.reviewEmpty : words.noCharges}
                text={words.reviewEmptyText}
              />
            </Paper>
          ) : (
            <Paper>
              <ChargeTable charges={rows} money={money} onOpen={setShown} />
            </Paper>
          )
        }
      </Answer>
      {charges.hasNextPage && (
        <Group justify="center">
          <Button variant="default" loading={charges.isFetchingNextPage} onClick={() => void charges.fetchNextPage()}>
            {strings.actions.more}
          </Button>
        </Group>
      )}
      <Modal
        opened={shown !== null}
        onClose={() => setShown(null)}
        title={words.charge}
        size="xl"
        closeButtonProps={{ "aria-label": strings.actions.close }}
      >
        {shown !== null && <Detail key={shown} site={site} chargeId={shown} money={money} />}
      </Modal>
    </Stack>
  );
}

function ChargeTable(props: {
  readonly charges: readonly Charge[];
  readonly money: (amount: number) => string;
  readonly onOpen: (id: string) => void;
}): JSX.Element {
  return (
    <Table.ScrollContainer minWidth={760} type="native" tabIndex={0}>
      <Table aria-label={words.charges} verticalSpacing="xs">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{siteStrings.plate}</Table.Th>
            <Table.Th>{siteStrings.time}</Table.Th>
            <Table.Th>{words.account}</Table.Th>
            <Table.Th>{words.charge}</Table.Th>
            <Table.Th ta="right">{words.sureness}</Table.Th>
            <Table.Th ta="right">{words.owed}</Table.Th>
            <Table.Th>{siteStrings.state}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {props.charges.map((charge) => (
            <Table.Tr key={charge.id}>
              <Table.Td>
                <Button
                  variant="transparent"
                  p={0}
                  h="auto"
                  aria-label={words.open(charge.plate ?? siteStrings.forgotten)}
                  onClick={() => props.onOpen(charge.id)}
                >
                  <Plate text={charge.plate ?? siteStrings.forgotten} />
                </Button>
              </Table.Td>
              <Table.Td>{formatTimeShort(charge.timeMs)}</Table.Td>
              <Table.Td>{charge.account?.holder ?? words.noAccount}</Table.Td>
              <Table.Td>{charge.price?.text ?? charge.gantryIds.join(" – ")}</Table.Td>
              <Table.Td ta="right" className="numeric">
                {percent(charge.probability)}
              </Table.Td>
              <Table.Td ta="right" className="numeric">
                {props.money(charge.owed)}
              </Table.Td>
              <Table.Td>
                <Badge color={COLOURS[charge.state]}>{words.states[charge.state] ?? charge.state}</Badge>
                {charge.needsPerson && (
                  <Text size="xs" c="dimmed">
                    {words.reasons[charge.reason] ?? charge.reason}
                  </Text>
                )}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function Detail(props: {
  readonly site: Site;
  readonly chargeId: string;
  readonly money: (amount: number) => string;
}): JSX.Element {
  const params = { id: props.site.id, charge: props.chargeId };
  const charge = useGet(CHARGE, { params });
  const mayOperate = useMay("sites:operate");
  return (
    <Answer query={charge}>
      {(found) => (
        <Stack gap="md">
          <Group gap="md">
            <Plate text={found.plate ?? siteStrings.forgotten} size="lg" />
            <Badge color={COLOURS[found.state]}>{words.states[found.state] ?? found.state}</Badge>
            <Text size="sm" c="dimmed">
              {found.price?.text} · {percent(found.probability)}
            </Text>
          </Group>
          <SimpleGrid cols={2}>
            {found.passages.map((passage) => (
              <Stack key={passage.id} gap={4}>
                <PassageThumb passage={passage} />
                <Text size="sm">
                  {passage.text} · {formatTime(passage.firstTimeMs)}
                </Text>
              </Stack>
            ))}
          </SimpleGrid>
          {found.likely.length > 0 && (
            <Facts>
              {found.likely.map(({ text, probability, holder }) => (
                <Fact key={text} label={`${words.likely} ${holder ?? words.noAccount}`}>
                  {text} · {percent(probability)}
                </Fact>
              ))}
            </Facts>
          )}
          {mayOperate && <Decide charge={found} params={params} />}
          {found.trail.length > 0 && <Trail trail={found.trail} money={props.money} />}
        </Stack>
      )}
    </Answer>
  );
}

function Decide(props: {
  readonly charge: ChargeDetail;
  readonly params: { readonly id: string; readonly charge: string };
}): JSX.Element {
  const { charge, params } = props;
  const [plate, setPlate] = useState(charge.plate ?? "");
  const [amount, setAmount] = useState(moneyInput(charge.state === "review" ? charge.price?.amount : charge.owed));
  const [reason, setReason] = useState("");
  const done = { stale: STALE, done: siteStrings.done };
  const decide = useSend("POST", "/api/v1/sites/:id/charges/:charge/decide", done);
  const dispute = useSend("POST", "/api/v1/sites/:id/charges/:charge/dispute", done);
  const resolve = useSend("POST", "/api/v1/sites/:id/charges/:charge/resolve", done);
  const value = moneyOf(amount);
  const hasReason = reason.trim().length >= 3;
  return (
    <Stack gap="sm">
      <Group align="flex-end" gap="sm">
        <TextInput
          label={words.chargeTo}
          value={plate}
          onChange={({ currentTarget }) => setPlate(currentTarget.value)}
          maxLength={32}
        />
        <TextInput
          label={siteStrings.amount}
          value={amount}
          onChange={({ currentTarget }) => setAmount(currentTarget.value)}
          inputMode="decimal"
          w={110}
        />
        <TextInput
          label={siteStrings.reason}
          value={reason}
          onChange={({ currentTarget }) => setReason(currentTarget.value)}
          maxLength={500}
        />
      </Group>
      <Group gap="xs">
        {charge.state === "review" ? (
          <>
            <Button
              size="xs"
              loading={decide.isPending}
              disabled={value === null || plate.trim() === ""}
              onClick={() => {
                if (value !== null)
                  decide.mutate({ params, body: { decision: "charge", plate, amount: value, reason } });
              }}
            >
              {words.chargeIt}
            </Button>
            <Button
              size="xs"
              variant="default"
              disabled={!hasReason}
              onClick={() => decide.mutate({ params, body: { decision: "cancel", reason } })}
            >
              {words.cancel}
            </Button>
          </>
        ) : (
          <>
            {charge.state === "charged" && (
              <Button
                size="xs"
                variant="default"
                disabled={!hasReason || charge.owed === 0}
                onClick={() => dispute.mutate({ params, body: { reason } })}
              >
                {words.dispute}
              </Button>
            )}
            {(["uphold", "cancel"] as const).map((decision) => (
              <Button
                key={decision}
                size="xs"
                variant="default"
                disabled={!hasReason}
                onClick={() => resolve.mutate({ params, body: { decision, reason } })}
              >
                {words[decision]}
              </Button>
            ))}
            <Button
              size="xs"
              variant="default"
              disabled={!hasReason || value === null || plate.trim() === ""}
              onClick={() => {
                if (value !== null)
                  resolve.mutate({ params, body: { decision: "correct", plate, amount: value, reason } });
              }}
            >
              {words.correct}
            </Button>
          </>
        )}
      </Group>
    </Stack>
  );
}

function Trail({
  trail,
  money,
}: {
  readonly trail: ChargeDetail["trail"];
  readonly money: (amount: number) => string;
}): JSX.Element {
  return (
    <>
      <Title order={3} size="h5">
        {words.trail}
      </Title>
      <Table.ScrollContainer minWidth={560} type="native" tabIndex={0}>
        <Table aria-label={words.trail} verticalSpacing={4}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{siteStrings.time}</Table.Th>
              <Table.Th>{siteStrings.state}</Table.Th>
              <Table.Th>{siteStrings.plate}</Table.Th>
              <Table.Th ta="right">{siteStrings.amount}</Table.Th>
              <Table.Th>{words.by}</Table.Th>
              <Table.Th>{siteStrings.reason}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {trail.map(({ id, timeMs, kind, text, amount, by, reason }) => (
              <Table.Tr key={id}>
                <Table.Td>{formatTimeShort(timeMs)}</Table.Td>
                <Table.Td>{words.kinds[kind] ?? kind}</Table.Td>
                <Table.Td>{text}</Table.Td>
                <Table.Td ta="right" className="numeric">
                  {money(amount)}
                </Table.Td>
                <Table.Td>{by}</Table.Td>
                <Table.Td>{words.reasons[reason] ?? reason}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </>
  );
}

function Accounts({ site }: { readonly site: Site }): JSX.Element {
  const accounts = usePages("/api/v1/sites/:id/accounts", { params: { id: site.id } });
  const money = useCurrency(site);
  const [isAdding, form] = useDisclosure();
  const [shown, setShown] = useState<TollAccountOnWire | null>(null);
  const mayOperate = useMay("sites:operate");
  return (
    <Section
      title={words.tabs.accounts}
      flush
      actions={
        mayOperate && (
          <Button size="xs" leftSection={<Icon name="plus" size={14} />} onClick={form.open}>
            {words.addAccount}
          </Button>
        )
      }
    >
      <Answer query={accounts}>
        {({ rows }) =>
          rows.length === 0 ? (
            <Empty icon="lists" title={words.noAccounts} />
          ) : (
            <Table.ScrollContainer minWidth={520} type="native" tabIndex={0}>
              <Table aria-label={words.tabs.accounts}>
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th>{words.holder}</Table.Th>
                    <Table.Th>{words.plates}</Table.Th>
                    <Table.Th ta="right">{words.owed}</Table.Th>
                    <Table.Th>{words.statement}</Table.Th>
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {rows.map((account) => (
                    <Table.Tr key={account.id}>
                      <Table.Td fw={600}>{account.holder}</Table.Td>
                      <Table.Td>{account.plates.map(({ plate }) => plate).join(", ")}</Table.Td>
                      <Table.Td ta="right" className="numeric">
                        {money(account.owed)}
                      </Table.Td>
                      <Table.Td>
                        <Button
                          size="compact-sm"
                          variant="subtle"
                          aria-label={words.statementOf(account.holder)}
                          onClick={() => setShown(account)}
                        >
                          {words.statement}
                        </Button>
                      </Table.Td>
                    </Table.Tr>
                  ))}
                </Table.Tbody>
              </Table>
            </Table.ScrollContainer>
          )
        }
      </Answer>
      {accounts.hasNextPage && (
        <Group justify="center" p="sm">
          <Button variant="default" loading={accounts.isFetchingNextPage} onClick={() => void accounts.fetchNextPage()}>
            {strings.actions.more}
          </Button>
        </Group>
      )}
      <AddAccount site={site} opened={isAdding} onClose={form.close} />
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
        {({ opening, closing, entries, currency, digits }) => (
          <>
            <Facts>
              <Fact label={words.opening}>{formatMoney(opening, currency, digits)}</Fact>
              <Fact label={words.closing}>{formatMoney(closing, currency, digits)}</Fact>
            </Facts>
            <Trail trail={entries} money={(amount) => formatMoney(amount, currency, digits)} />
          </>
        )}
      </Answer>
    </Stack>
  );
}

function AddAccount(props: {
  readonly site: Site;
  readonly opened: boolean;
  readonly onClose: () => void;
}): JSX.Element {
  const [holder, setHolder] = useState("");
  const [plates, setPlates] = useState("");
  const create = useSend("POST", "/api/v1/sites/:id/accounts", {
    stale: STALE,
    done: siteStrings.saved,
    ownProblem: true,
    onDone: props.onClose,
  });
  const all = plates
    .split(/[\n,;]+/)
    .map((one) => one.trim())
    .filter((one) => one !== "");
  return (
    <FormModal
      title={words.addAccount}
      opened={props.opened}
      onClose={props.onClose}
      onSubmit={() =>
        create.mutate({ params: { id: props.site.id }, body: { holder, plates: all.map((plate) => ({ plate })) } })
      }
      isBusy={create.isPending}
      isDisabled={holder.trim() === "" || all.length === 0}
      error={create.error}
    >
      <TextInput
        label={words.holder}
        value={holder}
        onChange={({ currentTarget }) => setHolder(currentTarget.value)}
        maxLength={120}
        data-autofocus
      />
      <Textarea
        label={words.plates}
        description={words.platesHint}
        value={plates}
        onChange={({ currentTarget }) => setPlates(currentTarget.value)}
        autosize
        minRows={2}
      />
    </FormModal>
  );
}

function Setup({ site }: { readonly site: Site }): JSX.Element {
  const path = "/api/v1/sites/:id/toll";
  const config = useGet(path, { params: { id: site.id } });
  const save = useSend("PUT", path, {
    stale: [path, "/api/v1/sites/:id/toll/overview"],
    done: siteStrings.saved,
    ownProblem: true,
  });
  const mayWrite = useMay("sites:write");
  return (
    <Section title={words.tabs.setup}>
      <Answer query={config}>
        {(found) => (
          <JsonForm
            label={siteStrings.asJson}
            value={found}
            isBusy={save.isPending}
            mayWrite={mayWrite}
            error={save.error}
            onSave={(value) => save.mutate({ params: { id: site.id }, body: value as BodyGiven<"PUT", typeof path> })} // checked by the server
          />
        )}
      </Answer>
    </Section>
  );
}
