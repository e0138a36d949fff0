import { Button, Group, Paper, Stack, Switch, Table, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { type JSX, useState } from "react";
import type { AlertRule } from "../../../server/schemas/alerts.ts";
import { useAll, useSend } from "../../api/queries.ts";
import { useMay } from "../../api/session.ts";
import { ActionsHeader } from "../../parts/actions-header.tsx";
import { useCameraNames } from "../../parts/cameras.ts";
import { EditAndRemove } from "../../parts/edit-and-remove.tsx";
import { percent } from "../../parts/format.ts";
import { Icon } from "../../parts/icons.tsx";
import { regionName } from "../../parts/plate.tsx";
import { scheduleText } from "../../parts/schedule-field.tsx";
import { Answer, Empty } from "../../parts/states.tsx";
import { strings } from "../../strings.ts";
import { RuleForm } from "./rule-form.tsx";

const words = strings.rules;
const STALE = ["/api/v1/alert-rules"] as const;

/** What raises an alert. */
export function Rules(): JSX.Element {
  const rules = useAll("/api/v1/alert-rules");
  const lists = useAll("/api/v1/lists", { enabled: useMay("lists:read") });
  const { nameOf } = useCameraNames();
  const mayWrite = useMay("rules:write");
  const [isOpen, form] = useDisclosure();
  const [edited, setEdited] = useState<AlertRule | null>(null);
  const update = useSend("PATCH", "/api/v1/alert-rules/:id", { stale: STALE });
  const remove = useSend("DELETE", "/api/v1/alert-rules/:id", { stale: STALE, done: words.removed });
  const listNames = new Map(lists.data?.map(({ id, name }) => [id, name]));
  const edit = (rule: AlertRule | null): void => {
    setEdited(rule);
    form.open();
  };

  const about = ({ condition }: AlertRule): string => {
    const {
      listIds = [],
      listKinds = [],
      regions = [],
      isUnknown,
      visit,
      cameraIds = [],
      schedule,
      minConfidence,
    } = condition;
    return [
      listIds.length > 0 ? words.onLists(listIds.map((id) => listNames.get(id) ?? id).join(", ")) : "",
      listKinds.length > 0 ? words.onLists(listKinds.map((kind) => strings.lists.kinds[kind]).join(", ")) : "",
      regions.length > 0 ? words.fromRegions(regions.map(regionName).join(", ")) : "",
      isUnknown ? words.onNoList : "",
      visit === undefined ? "" : words.nthVisit(visit),
      cameraIds.length > 0 ? words.atCameras(cameraIds.map(nameOf).join(", ")) : "",
      schedule === undefined ? "" : scheduleText(schedule),
      minConfidence === undefined ? "" : words.atLeast(percent(minConfidence)),
    ]
      .filter((part) => part !== "")
      .join(" · ");
  };

  return (
    <Stack gap="md">
      {mayWrite && (
        <Group>
          <Button leftSection={<Icon name="plus" size={16} />} onClick={() => edit(null)}>
            {words.add}
          </Button>
        </Group>
      )}
      <Paper style={{ overflow: "hidden" }}>
        <Answer query={rules}>
          {(all) =>
            all.length === 0 ? (
              <Empty icon="alert" title={words.empty} text={words.emptyText} />
            ) : (
              <Table.ScrollContainer minWidth={560} type="native" tabIndex={0}>
                <Table aria-label={words.title} verticalSpacing="sm">
                  <Table.Thead>
                    <Table.Tr>
                      <Table.Th>{words.name}</Table.Th>
                      <Table.Th>{words.when}</Table.Th>
                      <Table.Th>{words.tells}</Table.Th>
                      <Table.Th>{words.enabled}</Table.Th>
                      {mayWrite && <ActionsHeader />}
                    </Table.Tr>
                  </Table.Thead>
                  <Table.Tbody>
                    {all.map((rule) => (
                      <Table.Tr key={rule.id}>
                        <Table.Td fw={600}>{rule.name}</Table.Td>
                        <Table.Td>{about(rule) || words.always}</Table.Td>
                        <Table.Td>
                          <Text size="sm">
                            {[
                              words.page,
                              rule.webhookIds.length > 0 ? words.hooks(rule.webhookIds.length) : "",
                              rule.notifyMqtt ? words.mqttShort : "",
                            ]
                              .filter((part) => part !== "")
                              .join(", ")}
                          </Text>
                        </Table.Td>
                        <Table.Td>
                          <Switch
                            aria-label={words.isOn(rule.name)}
                            checked={rule.enabled}
                            disabled={!mayWrite}
                            onChange={({ currentTarget: { checked } }) =>
                              update.mutate({ params: { id: rule.id }, body: { enabled: checked } })
                            }
                          />
                        </Table.Td>
                        {mayWrite && (
                          <Table.Td>
                            <Group gap={2} justify="flex-end" wrap="nowrap">
                              <EditAndRemove
                                name={rule.name}
                                words={words}
                                look="icons"
                                onEdit={() => edit(rule)}
                                onRemove={() => remove.mutate({ params: { id: rule.id } })}
                              />
                            </Group>
                          </Table.Td>
                        )}
                      </Table.Tr>
                    ))}
                  </Table.Tbody>
                </Table>
              </Table.ScrollContainer>
            )
          }
        </Answer>
      </Paper>
      <RuleForm rule={edited} opened={isOpen} onClose={form.close} />
    </Stack>
  );
}
