import { Alert, Button, Group, Stack, Text, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useNavigate } from "@tanstack/react-router";
import { type JSX, useState } from "react";
import { useSend } from "../../api/queries.ts";
import { AddButton } from "../../parts/add-button.tsx";
import { FormModal } from "../../parts/form-modal.tsx";
import { formatMs } from "../../parts/format.ts";
import { Icon } from "../../parts/icons.tsx";
import { strings } from "../../strings.ts";

const words = strings.cameras;

/** An address, a look through it at once, and a name. The rest is set on the camera's own page. */
export function AddCamera(): JSX.Element {
  const [isOpen, { open, close }] = useDisclosure();
  const [url, setUrl] = useState("");
  const [name, setName] = useState("");
  const navigate = useNavigate();
  const test = useSend("POST", "/api/v1/cameras/test", { ownProblem: true });
  const create = useSend("POST", "/api/v1/cameras", {
    stale: ["/api/v1/cameras"],
    done: words.added,
    ownProblem: true,
    onDone: ({ id }) => void navigate({ to: "/cameras/$id", params: { id } }),
  });
  const isTested = test.data?.ok === true && test.variables?.body !== undefined;
  return (
    <>
      <AddButton
        label={words.add}
        isOfPage
        onClick={() => {
          test.reset();
          create.reset();
          setUrl("");
          setName("");
          open();
        }}
      />
      <FormModal
        title={words.add}
        size="lg"
        opened={isOpen}
        onClose={close}
        onSubmit={() =>
          isTested ? create.mutate({ body: { url: url.trim(), name } }) : test.mutate({ body: { url: url.trim() } })
        }
        submit={isTested ? words.save : words.test}
        isBusy={create.isPending || test.isPending}
        isDisabled={url.trim() === "" || (isTested && name.trim() === "")}
        error={create.error ?? test.error}
        extra={
          test.data !== undefined &&
          !test.data.ok && (
            <Button
              variant="subtle"
              color="gray"
              disabled={name.trim() === ""}
              onClick={() => create.mutate({ body: { url: url.trim(), name } })}
            >
              {words.saveAnyway}
            </Button>
          )
        }
      >
        <TextInput
          label={words.url}
          description={words.urlHint}
          placeholder="rtsp://user:password@192.168.1.20/stream1"
          value={url}
          onChange={({ currentTarget: { value } }) => {
            setUrl(value);
            test.reset();
          }}
          autoCapitalize="none"
          autoCorrect="off"
          spellCheck={false}
          required
          data-autofocus
        />
        {test.data !== undefined && (
          <div role="status">
            {test.data.ok ? (
              <Stack gap={6}>
                {test.data.snapshot !== null && (
                  <img
                    src={`data:image/jpeg;base64,${test.data.snapshot}`}
                    alt={words.snapshot}
                    style={{ width: "100%", borderRadius: 10 }}
                  />
                )}
                <Group gap={6} c="var(--pk-good)">
                  <Icon name="check" size={18} />
                  <Text size="sm">
                    {words.tested(test.data.width ?? 0, test.data.height ?? 0, formatMs(test.data.tookMs))}
                  </Text>
                </Group>
              </Stack>
            ) : (
              <Alert color="red" variant="light" icon={<Icon name="warning" />} title={words.testFailed}>
                {test.data.message}
              </Alert>
            )}
          </div>
        )}
        {test.data !== undefined && (
          <TextInput
            label={words.name}
            value={name}
            onChange={({ currentTarget: { value } }) => setName(value)}
            maxLength={120}
            required
          />
        )}
      </FormModal>
    </>
  );
}
