import { Group, Paper, Stack, Switch } from "@mantine/core";
import type { JSX } from "react";
import type { AlertRule } from "../../../server/schemas/alerts.ts";
import { useAll, useSend } from "../../api/queries.ts";
import { useMay } from "../../api/session.ts";
import { AddButton } from "../../parts/add-button.tsx";
import { useCameraNames } from "../../parts/cameras.ts";
import { DataTable } from "../../parts/data-table.tsx";
import { EditAndRemove } from "../../parts/edit-and-remove.tsx";
import { useEdited } from "../../parts/edited.ts";
import { percent } from "../../parts/format.ts";
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
  const edited = useEdited<AlertRule>();
  const update = useSend("PATCH", "/api/v1/alert-rules/:id", { stale: STALE });
  const remove = useSend("DELETE", "/api/v1/alert-rules/:id", { stale: STALE, done: words.removed });
  const listNames = new Map(lists.data?.map(({ id, name }) => [id, name]));

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
          <AddButton label={words.add} onClick={() => edited.open(null)} isOfPage />
        </Group>
      )}
      <Paper style={{ overflow: "hidden" }}>
        <Answer query={rules}>
          {(all) =>
            all.length === 0 ? (
              <Empty icon="alert" title={words.empty} text={words.emptyText} />
            ) : (
              <DataTable
                label={words.title}
                minWidth={560}
                rows={all}
                keyOf={({ id }) => id}
                columns={[
                  { head: words.name, cell: ({ name }) => name, isName: true },
                  { head: words.when, cell: (rule) => about(rule) || words.always },
                  {
                    head: words.tells,
                    cell: ({ webhookIds, notifyMqtt }) =>
                      [
                        words.page,
                        webhookIds.length > 0 ? words.hooks(webhookIds.length) : "",
                        notifyMqtt ? words.mqttShort : "",
                      ]
                        .filter((part) => part !== "")
                        .join(", "),
                  },
                  {
                    head: words.enabled,
                    cell: ({ id, name, enabled }) => (
                      <Switch
                        aria-label={words.isOn(name)}
                        checked={enabled}
                        disabled={!mayWrite}
                        onChange={({ currentTarget: { checked } }) =>
                          update.mutate({ params: { id }, body: { enabled: checked } })
                        }
                      />
                    ),
                  },
                ]}
                actions={
                  mayWrite
                    ? (rule) => (
                        <EditAndRemove
                          name={rule.name}
                          words={words}
                          look="icons"
                          onEdit={() => edited.open(rule)}
                          onRemove={() => remove.mutate({ params: { id: rule.id } })}
                        />
                      )
                    : undefined
                }
              />
            )
          }
        </Answer>
      </Paper>
      <RuleForm rule={edited.row} opened={edited.isOpen} onClose={edited.close} />
    </Stack>
  );
}
