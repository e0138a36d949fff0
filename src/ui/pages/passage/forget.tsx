import { Alert, Button, Radio, Stack, Text, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useNavigate } from "@tanstack/react-router";
import { type JSX, useState } from "react";
import { useSend } from "../../api/queries.ts";
import { FormModal } from "../../parts/form-modal.tsx";
import { Icon } from "../../parts/icons.tsx";
import { strings } from "../../strings.ts";

/** What becomes of the plate where somebody wrote it down. */
type Registered = "keep" | "remove";

/** Removes everything kept of a plate; first says what would go, and asks where it is part of an order or agreement. */
export function ForgetButton({ text }: { readonly text: string }): JSX.Element {
  const [isOpen, { open, close }] = useDisclosure();
  const [reason, setReason] = useState("");
  const [registered, setRegistered] = useState<Registered | null>(null);
  const navigate = useNavigate();
  const words = strings.passage;
  const preview = useSend("POST", "/api/v1/passages/forget", { ownProblem: true });
  const forget = useSend("POST", "/api/v1/passages/forget", {
    stale: ["/api/v1/passages", "/api/v1/alerts"],
    done: words.forgotten,
    ownProblem: true,
    onDone: () => void navigate({ to: "/passages" }),
  });
  const would = preview.data;
  const places = would?.registered ?? [];
  return (
    <>
      <Button
        variant="subtle"
        color="red"
        leftSection={<Icon name="trash" size={16} />}
        onClick={() => {
          setReason("");
          setRegistered(null);
          preview.reset();
          forget.reset();
          open();
        }}
      >
        {words.forget}
      </Button>
      <FormModal
        title={words.forgetTitle}
        opened={isOpen}
        onClose={close}
        onSubmit={() =>
          would === undefined
            ? preview.mutate({ body: { text, reason, apply: false } })
            : forget.mutate({ body: { text, reason, apply: true, ...(registered === null ? {} : { registered }) } })
        }
        submit={would === undefined ? words.forgetPreview : words.forgetApply}
        isDangerous={would !== undefined}
        isBusy={preview.isPending || forget.isPending}
        isDisabled={reason.trim() === "" || (places.length > 0 && registered === null)}
        error={preview.error ?? forget.error}
      >
        <Text size="sm" c="dimmed">
          {words.forgetAbout}
        </Text>
        <TextInput
          label={words.reason}
          value={reason}
          onChange={({ currentTarget: { value } }) => setReason(value)}
          maxLength={500}
          required
          data-autofocus
        />
        {would !== undefined && (
          <Alert color="orange" variant="light" icon={<Icon name="warning" />} role="status">
            <Stack gap={4}>
              <Text size="sm">{words.forgetWould(would.passages, would.pictures, would.deliveries)}</Text>
              {would.held > 0 && <Text size="sm">{words.forgetHeld(would.held)}</Text>}
            </Stack>
          </Alert>
        )}
        {places.length > 0 && (
          <Radio.Group
            label={words.forgetRegistered}
            description={places.map(({ kind, name }) => words.forgetPlace[kind](name)).join(", ")}
            value={registered ?? ""}
            onChange={(value) => setRegistered(value === "remove" ? "remove" : "keep")}
          >
            <Stack gap="xs" mt="xs">
              <Radio value="keep" label={words.forgetKeep} description={words.forgetKeepHint} />
              <Radio value="remove" label={words.forgetRemove} description={words.forgetRemoveHint} />
            </Stack>
          </Radio.Group>
        )}
      </FormModal>
    </>
  );
}
