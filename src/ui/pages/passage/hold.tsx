import { Button, Text, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { type JSX, useState } from "react";
import type { PassageDetail } from "../../../server/schemas/passages.ts";
import { useSend } from "../../api/queries.ts";
import { FormModal } from "../../parts/form-modal.tsx";
import { Icon } from "../../parts/icons.tsx";
import { strings } from "../../strings.ts";

/** Legal hold: keeps a passage whatever retention says, or lets go of it. */
export function HoldButton({ passage }: { readonly passage: PassageDetail }): JSX.Element {
  const [isOpen, { open, close }] = useDisclosure();
  const [reason, setReason] = useState("");
  const hold = useSend("PUT", "/api/v1/passages/:id/hold", {
    stale: ["/api/v1/passages/:id", "/api/v1/passages"],
    done: passage.hold ? strings.passage.releaseDone : strings.passage.holdDone,
    ownProblem: true,
    onDone: close,
  });
  return (
    <>
      <Button
        variant="default"
        leftSection={<Icon name="lock" size={16} />}
        onClick={() => {
          setReason("");
          open();
        }}
      >
        {passage.hold ? strings.passage.release : strings.passage.hold}
      </Button>
      <FormModal
        title={strings.passage.holdTitle}
        opened={isOpen}
        onClose={close}
        onSubmit={() => hold.mutate({ params: { id: passage.id }, body: { hold: !passage.hold, reason } })}
        submit={passage.hold ? strings.passage.release : strings.passage.hold}
        isBusy={hold.isPending}
        isDisabled={reason.trim() === ""}
        error={hold.error}
      >
        <Text size="sm" c="dimmed">
          {passage.hold ? strings.passage.releaseAbout : strings.passage.holdAbout}
        </Text>
        <TextInput
          label={strings.passage.reason}
          value={reason}
          onChange={({ currentTarget: { value } }) => setReason(value)}
          maxLength={500}
          required
          data-autofocus
        />
      </FormModal>
    </>
  );
}
