/**
 * A set-up that is saved as a whole: what stands at the server, changed here as fields or as JSON, and what the server
 * finds wrong told at the fields. Used by every kind of site.
 */
import { Button, Fieldset, Group, Paper, SegmentedControl, Stack, Text } from "@mantine/core";
import { useBlocker } from "@tanstack/react-router";
import { type JSX, type ReactNode, useEffect, useRef, useState } from "react";
import type { Site } from "../../../server/schemas/administration.ts";
import type { Answered, BodyGiven } from "../../api/client.ts";
import { ApiProblem } from "../../api/problem.ts";
import { useGet, useSend } from "../../api/queries.ts";
import { useMay } from "../../api/session.ts";
import { FaultsOf } from "../../parts/faults.tsx";
import { JsonForm } from "../../parts/json-form.tsx";
import { messageOf } from "../../parts/notices.ts";
import { Section } from "../../parts/section.tsx";
import { Answer, Problem } from "../../parts/states.tsx";
import { siteStrings } from "../../site-strings.ts";
import { strings } from "../../strings.ts";

const words = siteStrings.form;
const SITE = "/api/v1/sites/:id";
type SetupPath = `${typeof SITE}/${"parking" | "tariff" | "toll" | "enforcement" | "traffic"}`;
const VIEWS = ["form", "json"] as const;

export interface SetupDraft<Body> {
  readonly draft: Body;
  readonly change: (patch: Partial<Body>) => void;
}

export function SetupForm<P extends SetupPath>(props: {
  readonly site: Site;
  readonly path: P;
  /** Ids that the server's words may name, by what people call them. */
  readonly nameOf?: (id: string, draft: BodyGiven<"PUT", P>) => string | undefined;
  readonly children: (form: SetupDraft<BodyGiven<"PUT", P>>) => ReactNode;
  /** Below, for those too who may not change it: what the draft would do. */
  readonly after?: (draft: BodyGiven<"PUT", P>) => ReactNode;
}): JSX.Element {
  const saved = useGet(props.path, { params: { id: props.site.id } } as never); // every path of these has this one
  return (
    <Answer query={saved}>
      {/* What is answered is taken again as it is, and more that it leaves alone. */}
      {(found) => <Form {...props} saved={found as Answered<"GET", P> & BodyGiven<"PUT", P>} />}
    </Answer>
  );
}

function Form<P extends SetupPath>(
  props: Parameters<typeof SetupForm<P>>[0] & { readonly saved: BodyGiven<"PUT", P> },
): JSX.Element {
  type Body = BodyGiven<"PUT", P>;
  const { site, path, saved, nameOf, children } = props;
  const params = { id: site.id };
  const [changed, setChanged] = useState<Body | null>(null);
  const [view, setView] = useState<(typeof VIEWS)[number]>("form");
  const mayWrite = useMay("sites:write");
  const place = useRef<HTMLDivElement>(null);
  const save = useSend("PUT", path as SetupPath, {
    stale: [path, `${SITE}/parking/overview`, `${SITE}/toll/overview`, `${SITE}/traffic/overview`, "/api/v1/cameras"],
    done: siteStrings.saved,
    ownProblem: true,
    onDone: () => setChanged(null),
  });
  const draft = changed ?? saved;
  const isChanged = changed !== null && JSON.stringify(changed) !== JSON.stringify(saved);
  useBlocker({
    shouldBlockFn: () => isChanged && !window.confirm(words.leave),
    enableBeforeUnload: () => isChanged,
  });
  // To the first field that is wrong, for whoever does not see the marks.
  useEffect(() => {
    if (save.error !== null) place.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
  }, [save.error]);
  const put = (body: Body): void => save.mutate({ params, body: body as BodyGiven<"PUT", SetupPath> });
  return (
    <FaultsOf error={save.error}>
      <Stack gap="lg" ref={place}>
        <SegmentedControl
          aria-label={words.view}
          data={VIEWS.map((value) => ({ value, label: words.views[value] }))}
          value={view}
          onChange={(value) => setView(VIEWS.find((one) => one === value) ?? "form")}
          style={{ alignSelf: "flex-start" }}
        />
        {view === "json" ? (
          <Section title={words.views.json} about={words.jsonAbout}>
            <JsonForm
              label={siteStrings.asJson}
              value={draft as object}
              isBusy={save.isPending}
              mayWrite={mayWrite}
              error={save.error}
              onSave={(value) => put(value as Body)} // checked by the server, which names what is wrong
            />
          </Section>
        ) : (
          <>
            <Fieldset variant="unstyled" disabled={!mayWrite} p={0} m={0} bd="0" miw={0}>
              <Stack gap="lg">
                {children({ draft, change: (patch) => setChanged({ ...(draft as object), ...patch } as Body) })}
              </Stack>
            </Fieldset>
            {save.error !== null && <Refusal error={save.error} nameOf={(id) => nameOf?.(id, draft)} />}
            {mayWrite ? (
              <SaveBar
                isChanged={isChanged}
                isBusy={save.isPending}
                onSave={() => put(draft)}
                onDiscard={() => {
                  setChanged(null);
                  save.reset();
                }}
              />
            ) : (
              <Text size="sm" c="dimmed">
                {words.readOnly}
              </Text>
            )}
          </>
        )}
        {props.after?.(draft)}
      </Stack>
    </FaultsOf>
  );
}

/** Follows the window while there is something to save, as forms of many rows are long. */
function SaveBar(props: {
  readonly isChanged: boolean;
  readonly isBusy: boolean;
  readonly onSave: () => void;
  readonly onDiscard: () => void;
}): JSX.Element {
  const { isChanged, isBusy, onSave, onDiscard } = props;
  return (
    <Paper p="sm" shadow="sm" style={isChanged ? { position: "sticky", bottom: 8, zIndex: 2 } : {}}>
      <Group justify="space-between" gap="sm">
        <Text size="sm" c="dimmed" role="status">
          {isChanged ? words.unsaved : words.allSaved}
        </Text>
        <Group gap="sm">
          {isChanged && (
            <Button variant="default" disabled={isBusy} onClick={onDiscard}>
              {words.discard}
            </Button>
          )}
          <Button loading={isBusy} disabled={!isChanged} onClick={onSave}>
            {strings.actions.save}
          </Button>
        </Group>
      </Group>
    </Paper>
  );
}

/** The server's no: which fields, or its sentence with names instead of ids. */
function Refusal(props: { readonly error: Error; readonly nameOf: (id: string) => string | undefined }): JSX.Element {
  const { error, nameOf } = props;
  if (error instanceof ApiProblem && error.details.length > 0) {
    const { status, code, details } = error;
    return <Problem error={new ApiProblem(status, code, words.faults(details.length), details)} />;
  }
  const named = messageOf(error).replace(/"([^"]+)"/g, (whole, id: string) => nameOf(id) ?? whole);
  return <Problem error={new Error(named)} />;
}
