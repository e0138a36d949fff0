import "@mantine/core/styles.css";
import "@mantine/notifications/styles.css";
import "./app/global.css";
import { MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { renewSession } from "./api/session.ts";
import { createQueryClient } from "./app/query-client.ts";
import { createAppRouter } from "./app/router.tsx";
import { cssVariables, theme } from "./app/theme.ts";

const queryClient = createQueryClient(() => {
  void renewSession(queryClient).then(({ me }) => {
    if (me === null) void router.invalidate();
  });
});
const router = createAppRouter(queryClient);

createRoot(document.getElementById("root")!).render(
  // index.html has it
  <StrictMode>
    <MantineProvider theme={theme} cssVariablesResolver={cssVariables} defaultColorScheme="auto">
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
