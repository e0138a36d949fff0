import { Button, Text, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { type JSX, useState } from "react";
import type { PassageDetail } from "../../../server/schemas/passages.ts";
import { useSend } from "../../api/queries.ts";
import { FormModal } from "../../parts/form-modal.tsx";
import { Icon } from "../../parts/icons.tsx";
import { MONOSPACE_INPUT } from "../../parts/monospace-input.ts";
import { strings } from "../../strings.ts";

const STALE = ["/api/v1/passages/:id", "/api/v1/passages"] as const;

/** Lets a person say what the plate really says. */
export function CorrectButton({ passage }: { readonly passage: PassageDetail }): JSX.Element {
  const [isOpen, { open, close }] = useDisclosure();
  const [text, setText] = useState("");
  const [note, setNote] = useState("");
  const correct = useSend("PUT", "/api/v1/passages/:id/correction", {
    stale: STALE,
    done: strings.passage.correctedDone,
    ownProblem: true,
    onDone: close,
  });
  const takeBack = useSend("PUT", "/api/v1/passages/:id/correction", {
    stale: STALE,
    done: strings.passage.takenBack,
    onDone: close,
  });
  const params = { id: passage.id };
  return (
    <>
      <Button
        variant="default"
        leftSection={<Icon name="edit" size={16} />}
        onClick={() => {
          setText(passage.correctedText ?? passage.text);
          setNote("");
          open();
        }}
      >
        {strings.passage.correct}
      </Button>
      <FormModal
        title={strings.passage.correctTitle}
        opened={isOpen}
        onClose={close}
        onSubmit={() => correct.mutate({ params, body: { text, note } })}
        isBusy={correct.isPending}
        isDisabled={text.trim() === ""}
        error={correct.error}
        extra={
          passage.correctedText !== null && (
            <Button
              variant="subtle"
              color="gray"
              loading={takeBack.isPending}
              onClick={() => takeBack.mutate({ params, body: { text: passage.text } })}
            >
              {strings.passage.takeBack}
            </Button>
          )
        }
      >
        {passage.pictures.crop !== null && (
          <img
            src={`/api/v1/pictures/${passage.pictures.crop}`}
            alt={strings.plate.picture(passage.text)}
            style={{ width: "100%", maxHeight: 160, objectFit: "contain", borderRadius: 8 }}
          />
        )}
        <Text size="sm" c="dimmed">
          {strings.passage.correctAbout}
        </Text>
        <TextInput
          label={strings.passage.correctText}
          value={text}
          onChange={({ currentTarget: { value } }) => setText(value)}
          styles={MONOSPACE_INPUT}
          maxLength={32}
          autoCapitalize="characters"
          autoCorrect="off"
          spellCheck={false}
          required
          data-autofocus
        />
        <TextInput
          label={strings.passage.correctNote}
          value={note}
          onChange={({ currentTarget: { value } }) => setNote(value)}
          maxLength={2000}
        />
      </FormModal>
    </>
  );
}
