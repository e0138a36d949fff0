import { Alert, Button, Stack, Text, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useNavigate } from "@tanstack/react-router";
import { type JSX, useState } from "react";
import { useSend } from "../../api/queries.ts";
import { FormModal } from "../../parts/form-modal.tsx";
import { Icon } from "../../parts/icons.tsx";
import { strings } from "../../strings.ts";

/** Removes everything kept of a plate; first says what would go. */
export function ForgetButton({ text }: { readonly text: string }): JSX.Element {
  const [isOpen, { open, close }] = useDisclosure();
  const [reason, setReason] = useState("");
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
  return (
    <>
      <Button
        variant="subtle"
        color="red"
        leftSection={<Icon name="trash" size={16} />}
        onClick={() => {
          setReason("");
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
            : forget.mutate({ body: { text, reason, apply: true } })
        }
        submit={would === undefined ? words.forgetPreview : words.forgetApply}
        isDangerous={would !== undefined}
        isBusy={preview.isPending || forget.isPending}
        isDisabled={reason.trim() === ""}
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
      </FormModal>
    </>
  );
}
