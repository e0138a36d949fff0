import { Button, Collapse, Group, Menu, Paper, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useQueryClient } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { type JSX, useState } from "react";
import { addressOf, type QueryGiven } from "../api/client.ts";
import { useLive } from "../api/live.ts";
import { ApiProblem } from "../api/problem.ts";
import { usePages } from "../api/queries.ts";
import { useMay } from "../api/session.ts";
import { countFilters, type PassageSearch } from "../app/passage-search.ts";
import { useCameraNames } from "../parts/cameras.ts";
import { Icon } from "../parts/icons.tsx";
import { Page } from "../parts/page.tsx";
import { PassageTable } from "../parts/passage-table.tsx";
import { Answer, Empty } from "../parts/states.tsx";
import { strings } from "../strings.ts";
import { Filters } from "./passages/filters.tsx";
import { SearchBar } from "./passages/search-bar.tsx";

const route = getRouteApi("/shell/passages");
const PATH = "/api/v1/passages";

export function PassagesPage(): JSX.Element {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const client = useQueryClient();
  const filters = countFilters(search);
  const [isOpen, { toggle }] = useDisclosure(filters > 0);
  const cameras = useCameraNames();
  const passages = usePages(PATH, { query: queryOf(search) });
  const [fresh, setFresh] = useState(0);
  const mayExport = useMay("passages:export");
  useLive("passage", () => setFresh((count) => count + 1), useMay("live:read"));

  const change = (part: Partial<PassageSearch>): void => {
    setFresh(0);
    void navigate({ search: (before) => ({ ...before, ...part }), replace: true });
  };
  const isNarrowed = filters > 0 || search.text !== undefined;
  const needsReason = passages.error instanceof ApiProblem && passages.error.code.includes("REASON");

  return (
    <Page
      title={strings.passages.title}
      about={strings.passages.about}
      actions={mayExport && <ExportMenu search={search} />}
    >
      <Paper p="md">
        <Stack gap="md">
          <SearchBar search={search} onSearch={change} />
          <Group justify="space-between" gap="sm">
            <Button
              variant="default"
              size="xs"
              leftSection={<Icon name="filter" size={16} />}
              onClick={toggle}
              aria-expanded={isOpen || needsReason}
              aria-controls="passage-filters"
            >
              {filters > 0 ? strings.passages.filtersCount(filters) : strings.passages.filters}
            </Button>
            {passages.data !== undefined && (
              <Text size="sm" c="dimmed" role="status">
                {strings.passages.shown(passages.data.rows.length, !passages.hasNextPage)}
              </Text>
            )}
          </Group>
          <Collapse expanded={isOpen || needsReason} id="passage-filters">
            <Filters search={search} cameras={cameras.options} onSearch={change} />
          </Collapse>
        </Stack>
      </Paper>
      {fresh > 0 && search.order === undefined && !isNarrowed && (
        <Button
          variant="light"
          leftSection={<Icon name="up" size={16} />}
          onClick={() => {
            setFresh(0);
            void client.invalidateQueries({ queryKey: [PATH] });
          }}
        >
          {strings.passages.newOnes(fresh)}
        </Button>
      )}
      <Paper style={{ overflow: "hidden" }}>
        {needsReason ? (
          <Empty icon="lock" title={strings.passages.reason} text={strings.passages.reasonNeeded} />
        ) : (
          <Answer query={passages}>
            {({ rows }) =>
              rows.length === 0 && !passages.hasNextPage ? (
                <Empty
                  icon={isNarrowed ? "search" : "passages"}
                  title={isNarrowed ? strings.passages.none : strings.passages.empty}
                  text={isNarrowed ? strings.passages.noneText : strings.passages.emptyText}
                />
              ) : (
                <PassageTable passages={rows} cameraName={cameras.nameOf} />
              )
            }
          </Answer>
        )}
      </Paper>
      {passages.hasNextPage && (
        <Group justify="center">
          <Button variant="default" loading={passages.isFetchingNextPage} onClick={() => void passages.fetchNextPage()}>
            {strings.actions.more}
          </Button>
        </Group>
      )}
    </Page>
  );
}

function queryOf(search: PassageSearch): Partial<QueryGiven<typeof PATH>> {
  const { camera, region, list, doubt, corrected, hold, ...same } = search;
  const flag = (value: boolean | undefined): "true" | "false" | undefined =>
    value === undefined ? undefined : value ? "true" : "false";
  return {
    ...same,
    camera: camera?.join(","),
    region: region?.join(","),
    list: list?.join(","),
    doubt: doubt?.join(","),
    corrected: flag(corrected),
    hold: flag(hold),
  };
}

/** Links, so that the browser itself saves what comes: it may be gigabytes. */
function ExportMenu({ search }: { readonly search: PassageSearch }): JSX.Element {
  const href = (format: "csv" | "jsonl"): string =>
    addressOf("/api/v1/passages/export", { query: { ...queryOf(search), order: undefined, format } });
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button variant="default" leftSection={<Icon name="download" size={16} />}>
          {strings.passages.export}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item component="a" href={href("csv")} download>
          {strings.passages.exportCsv}
        </Menu.Item>
        <Menu.Item component="a" href={href("jsonl")} download>
          {strings.passages.exportJsonl}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
