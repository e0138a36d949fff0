import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import type { JSX, ReactNode } from "react";
import { strings } from "../strings.ts";

/** Asks before something can't be undone. `children` makes the button that asks. */
export function Confirm(props: {
  readonly title: string;
  readonly text: string;
  readonly action: string;
  readonly onConfirm: () => void;
  readonly isBusy?: boolean;
  readonly children: (ask: () => void) => ReactNode;
}): JSX.Element {
  const [isOpen, { open, close }] = useDisclosure();
  return (
    <>
      {props.children(open)}
      <Modal
        opened={isOpen}
        onClose={close}
        title={props.title}
        closeButtonProps={{ "aria-label": strings.actions.close }}
      >
        <Stack>
          <Text size="sm">{props.text}</Text>
          <Group justify="flex-end" gap="sm">
            <Button variant="default" onClick={close} data-autofocus>
              {strings.actions.cancel}
            </Button>
            <Button
              color="red.8"
              loading={props.isBusy ?? false}
              onClick={() => {
                props.onConfirm();
                close();
              }}
            >
              {props.action}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
