import {
  Alert,
  Badge,
  Button,
  FileInput,
  Group,
  ScrollArea,
  Stack,
  Switch,
  Table,
  Text,
  Textarea,
} from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { type JSX, useState } from "react";
import type { ImportPreview } from "../../../server/schemas/lists.ts";
import { useSend } from "../../api/queries.ts";
import { FormModal } from "../../parts/form-modal.tsx";
import { Icon } from "../../parts/icons.tsx";
import { MONOSPACE_INPUT } from "../../parts/monospace-input.ts";
import { strings } from "../../strings.ts";

const words = strings.list.import;
const COLOURS = { add: "green", change: "blue", remove: "red" } as const;

/** A CSV file in: first what it would change and which lines are wrong, then, if asked, exactly that. */
export function ImportButton({ listId }: { readonly listId: string }): JSX.Element {
  const [isOpen, { open, close }] = useDisclosure();
  const [csv, setCsv] = useState("");
  const [file, setFile] = useState<File | null>(null);
  const [isReplacing, setReplacing] = useState(false);
  const [isSkipping, setSkipping] = useState(false);
  const preview = useSend("POST", "/api/v1/lists/:id/import/preview", { ownProblem: true });
  const apply = useSend("POST", "/api/v1/lists/:id/import", {
    stale: ["/api/v1/lists/:id/entries", "/api/v1/lists", "/api/v1/lists/:id"],
    done: words.done,
    ownProblem: true,
    onDone: close,
  });
  const params = { id: listId };
  const mode = isReplacing ? ("replace" as const) : ("merge" as const);
  const would = preview.data;
  const startOver = (): void => {
    preview.reset();
    apply.reset();
  };
  return (
    <>
      <Button
        variant="default"
        leftSection={<Icon name="upload" size={16} />}
        onClick={() => {
          startOver();
          setCsv("");
          setFile(null);
          open();
        }}
      >
        {words.button}
      </Button>
      <FormModal
        title={words.title}
        size="xl"
        opened={isOpen}
        onClose={close}
        onSubmit={() =>
          would === undefined
            ? preview.mutate({ params, body: { csv, mode } })
            : apply.mutate({
                params,
                body: { csv, mode, fingerprint: would.fingerprint, skipProblems: isSkipping },
              })
        }
        submit={would === undefined ? words.preview : words.apply}
        isBusy={preview.isPending || apply.isPending}
        isDisabled={csv.trim() === "" || (would !== undefined && would.problemCount > 0 && !isSkipping)}
        error={preview.error ?? apply.error}
        extra={
          would !== undefined && (
            <Button variant="subtle" color="gray" onClick={startOver}>
              {strings.actions.back}
            </Button>
          )
        }
      >
        {would === undefined ? (
          <Stack gap="sm">
            <FileInput
              label={words.file}
              description={words.columns}
              placeholder={words.choose}
              accept=".csv,text/csv,text/plain"
              value={file}
              onChange={(chosen) => {
                setFile(chosen);
                void chosen?.text().then(setCsv);
              }}
              leftSection={<Icon name="upload" size={16} />}
              clearable
            />
            <Textarea
              label={words.paste}
              value={csv}
              onChange={({ currentTarget: { value } }) => setCsv(value)}
              placeholder={words.example}
              styles={MONOSPACE_INPUT}
              rows={6}
            />
            <Switch
              label={words.replace}
              description={words.replaceHint}
              checked={isReplacing}
              onChange={({ currentTarget: { checked } }) => setReplacing(checked)}
            />
          </Stack>
        ) : (
          <Preview preview={would} isSkipping={isSkipping} onSkipping={setSkipping} />
        )}
      </FormModal>
    </>
  );
}

function Preview(props: {
  readonly preview: ImportPreview;
  readonly isSkipping: boolean;
  readonly onSkipping: (isSkipping: boolean) => void;
}): JSX.Element {
  const { add, change, remove, same, problems, problemCount, changes } = props.preview;
  return (
    <Stack gap="sm">
      <Group gap="xs" role="status">
        <Badge color="green" size="lg">
          {words.add(add)}
        </Badge>
        <Badge color="blue" size="lg">
          {words.change(change)}
        </Badge>
        <Badge color="red" size="lg">
          {words.remove(remove)}
        </Badge>
        <Badge color="gray" size="lg">
          {words.same(same)}
        </Badge>
      </Group>
      {problemCount > 0 && (
        <Alert color="orange" variant="light" icon={<Icon name="warning" />} title={words.problems(problemCount)}>
          <Stack gap={4}>
            <ScrollArea.Autosize mah={140} viewportProps={{ tabIndex: 0 }}>
              {problems.map(({ line, message }) => (
                <Text key={line} size="sm">
                  {words.line(line)}: {message}
                </Text>
              ))}
            </ScrollArea.Autosize>
            <Switch
              mt={4}
              label={words.skip}
              checked={props.isSkipping}
              onChange={({ currentTarget: { checked } }) => props.onSkipping(checked)}
            />
          </Stack>
        </Alert>
      )}
      {changes.length > 0 && (
        <Table.ScrollContainer minWidth={400} maxHeight={300} type="native" tabIndex={0}>
          <Table verticalSpacing={4} stickyHeader aria-label={words.title}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{words.lineColumn}</Table.Th>
                <Table.Th>{strings.list.text}</Table.Th>
                <Table.Th>{words.changeColumn}</Table.Th>
                <Table.Th>{words.detailColumn}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {changes.map(({ line, text, change: kind, detail }) => (
                <Table.Tr key={`${kind} ${text}`}>
                  <Table.Td className="numeric">{line ?? "–"}</Table.Td>
                  <Table.Td ff="monospace">{text}</Table.Td>
                  <Table.Td>
                    <Badge color={COLOURS[kind]}>{words.kinds[kind]}</Badge>
                  </Table.Td>
                  <Table.Td>{detail}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </Stack>
  );
}
