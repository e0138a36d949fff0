import { Alert, Button, FileButton, Group, Loader, MultiSelect, Paper, Stack, Text } from "@mantine/core";
import { Dropzone } from "@mantine/dropzone";
import "@mantine/dropzone/styles.css";
import { Link } from "@tanstack/react-router";
import { type JSX, useCallback, useEffect, useState } from "react";
import { useSession } from "../api/session.ts";
import { Icon } from "../parts/icons.tsx";
import { messageOf } from "../parts/notices.ts";
import { Page } from "../parts/page.tsx";
import { useRegionOptions } from "../parts/regions.ts";
import { strings } from "../strings.ts";
import { readPicture, readVideo, type Tried } from "./try/read-files.ts";
import { TriedPicture } from "./try/tried-picture.tsx";

const ACCEPTED = ["image/*", "video/*"];
const MAX_BYTES = 512 * 1024 * 1024;

export function TryPage(): JSX.Element {
  const session = useSession();
  const regionOptions = useRegionOptions();
  const [regions, setRegions] = useState<string[]>([]);
  const [tried, setTried] = useState<readonly Tried[]>([]);
  const [doing, setDoing] = useState<string | null>(null);
  const [problems, setProblems] = useState<readonly string[]>([]);

  const read = useCallback(
    async (files: readonly File[]) => {
      setProblems([]);
      for (const file of files) {
        setDoing(strings.try.reading(file.name));
        try {
          const results = file.type.startsWith("video/")
            ? await readVideo(file, file.name, regions, (done, all) => setDoing(strings.try.sampling(done, all)))
            : [await readPicture(file, file.name, regions)];
          setTried((before) => [...results, ...before]);
        } catch (error) {
          setProblems((before) => [...before, `${file.name}: ${messageOf(error)}`]);
        }
      }
      setDoing(null);
    },
    [regions],
  );

  useEffect(() => {
    const paste = (event: ClipboardEvent): void => {
      const files = [...(event.clipboardData?.files ?? [])].filter(({ type }) => /^(image|video)\//.test(type));
      if (files.length === 0) return;
      event.preventDefault();
      void read(files);
    };
    document.addEventListener("paste", paste);
    return () => document.removeEventListener("paste", paste);
  }, [read]);

  const clear = (): void => {
    for (const { picture } of tried) URL.revokeObjectURL(picture);
    setTried([]);
    setProblems([]);
  };

  return (
    <Page
      title={strings.try.title}
      about={strings.try.about}
      actions={
        tried.length > 0 && (
          <Button variant="default" leftSection={<Icon name="undo" size={16} />} onClick={clear}>
            {strings.try.clear}
          </Button>
        )
      }
    >
      {session?.setup.needsSetup && (
        <Alert variant="light" icon={<Icon name="key" />}>
          <Group justify="space-between" gap="sm">
            <Text size="sm">{strings.app.setUpHint}</Text>
            <Button component={Link} to="/set-up" size="xs" variant="light">
              {strings.app.setUpNow}
            </Button>
          </Group>
        </Alert>
      )}
      <Paper p="md">
        <Stack gap="md">
          <Dropzone
            onDrop={(files) => void read(files)}
            onReject={() => setProblems([strings.try.refused])}
            accept={ACCEPTED}
            maxSize={MAX_BYTES}
            disabled={doing !== null}
            inputProps={{ "aria-label": strings.try.drop }}
            p={{ base: "lg", sm: 40 }}
          >
            <Stack align="center" gap={6} ta="center">
              <Text c="dimmed" component="div">
                {doing === null ? <Icon name="upload" size={36} /> : <Loader size={36} />}
              </Text>
              <Text fw={600} role="status">
                {doing ?? strings.try.drop}
              </Text>
              <Text size="sm" c="dimmed">
                {strings.try.dropHint}
              </Text>
            </Stack>
          </Dropzone>
          <Group align="flex-end" gap="md">
            <MultiSelect
              label={strings.try.regions}
              placeholder={regions.length === 0 ? strings.try.regionsHint : ""}
              data={[...regionOptions]}
              value={regions}
              onChange={setRegions}
              searchable
              clearable
              maxValues={20}
              style={{ flex: "1 1 240px" }}
            />
            <FileButton
              onChange={(file) => file !== null && void read([file])}
              accept="image/*"
              capture="environment"
              disabled={doing !== null}
            >
              {(props) => (
                <Button {...props} variant="default" leftSection={<Icon name="photo" size={18} />}>
                  {strings.try.takePhoto}
                </Button>
              )}
            </FileButton>
          </Group>
        </Stack>
      </Paper>
      {problems.map((problem) => (
        <Alert key={problem} color="red" variant="light" icon={<Icon name="warning" />} role="alert">
          {problem}
        </Alert>
      ))}
      <Stack gap="lg" component="section" aria-label={strings.try.results} aria-live="polite">
        {tried.map((one) => (
          <TriedPicture key={one.key} tried={one} />
        ))}
      </Stack>
    </Page>
  );
}
