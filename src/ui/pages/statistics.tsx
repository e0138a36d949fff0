import { Grid, NativeSelect } from "@mantine/core";
import { getRouteApi } from "@tanstack/react-router";
import { type JSX, useMemo } from "react";
import { useMay } from "../api/session.ts";
import { useCameraNames } from "../parts/cameras.ts";
import { Page } from "../parts/page.tsx";
import { regionName } from "../parts/plate.tsx";
import { strings } from "../strings.ts";
import { ByName, HeatMap, OverTime, Quality, TopPlates } from "./statistics/figures.tsx";

const route = getRouteApi("/shell/statistics");
const words = strings.statistics;
const SPANS = [1, 7, 30, 90, 365];
const STANDARD = 7;
const DAY_MS = 86_400_000;
const STEP_MS = 300_000;

export function StatisticsPage(): JSX.Element {
  const { days = STANDARD, camera } = route.useSearch();
  const navigate = route.useNavigate();
  const cameras = useCameraNames();
  const maySeePassages = useMay("passages:read");
  // In steps, so that coming back to the page finds its figures still there.
  const to = Math.ceil(Date.now() / STEP_MS) * STEP_MS;
  const span = useMemo(() => ({ from: to - days * DAY_MS, to, camera }), [to, days, camera]);
  return (
    <Page
      title={words.title}
      actions={
        <>
          <NativeSelect
            aria-label={words.span}
            data={SPANS.map((value) => ({ value: String(value), label: words.days_(value) }))}
            value={String(days)}
            onChange={({ currentTarget: { value } }) =>
              void navigate({ search: (before) => ({ ...before, days: Number(value) }), replace: true })
            }
          />
          <NativeSelect
            aria-label={strings.passages.camera}
            data={[{ value: "", label: words.allCameras }, ...cameras.options]}
            value={camera ?? ""}
            onChange={({ currentTarget: { value } }) =>
              void navigate({
                search: (before) => ({ ...before, camera: value === "" ? undefined : value }),
                replace: true,
              })
            }
          />
        </>
      }
    >
      <Grid gap="lg">
        <Grid.Col span={12}>
          <OverTime span={span} isLong={days > 7} />
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 6 }}>
          <ByName span={span} by="camera" nameOf={cameras.nameOf} />
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 6 }}>
          <ByName span={span} by="region" nameOf={regionName} />
        </Grid.Col>
        <Grid.Col span={12}>
          <HeatMap span={span} />
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: maySeePassages ? 7 : 12 }}>
          <Quality span={span} />
        </Grid.Col>
        {maySeePassages && (
          <Grid.Col span={{ base: 12, md: 5 }}>
            <TopPlates span={span} />
          </Grid.Col>
        )}
      </Grid>
    </Page>
  );
}
