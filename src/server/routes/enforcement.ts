/** Enforcement: rules, cases that people confirm, evidence bundles. */
import type { Route } from "../route.ts";
import { idParams, pageOf } from "../schemas/common.ts";
import * as enforcement from "../schemas/enforcement.ts";

const read = { tag: "enforcement", method: "GET", access: "sites:read", rate: "query", params: idParams } as const;
const SITE = "/api/v1/sites/:id";

export const enforcementRoutes = {
  getEnforcement: {
    ...read,
    path: `${SITE}/enforcement`,
    summary: "Rules as they are set up: restrictions, sections with average speed, clocks",
    reply: enforcement.enforcementSetupSchema,
  },
  putEnforcement: {
    ...read,
    method: "PUT",
    access: "sites:write",
    rate: "write",
    path: `${SITE}/enforcement`,
    summary: "Set the rules up; their cameras become the site's",
    body: enforcement.enforcementSetupSchema,
    reply: enforcement.enforcementSetupSchema,
    shownBy: "getEnforcement",
  },
  listCases: {
    ...read,
    path: `${SITE}/cases`,
    summary: "Hits and offences, newest first; none counts before a person has confirmed it",
    query: enforcement.casesQuery,
    reply: pageOf(enforcement.caseSchema),
  },
  getCase: {
    ...read,
    path: `${SITE}/cases/:case`,
    summary: "A case with its pictures and decisions",
    params: enforcement.caseParams,
    reply: enforcement.caseSchema,
  },
  decideCase: {
    ...read,
    method: "POST",
    access: "sites:operate",
    rate: "write",
    path: `${SITE}/cases/:case/decide`,
    summary: "Confirm or reject a case, or reopen it with a reason",
    params: enforcement.caseParams,
    body: enforcement.decideCaseBody,
    reply: enforcement.caseSchema,
  },
  caseEvidence: {
    ...read,
    access: "passages:export",
    rate: "heavy",
    path: `${SITE}/cases/:case/evidence`,
    summary: "A signed bundle of pictures, reads, hashes and clocks; checked by platekit evidence verify",
    params: enforcement.caseParams,
    media: ["application/zip"],
  },
  evidenceKey: {
    ...read,
    path: `${SITE}/evidence-key`,
    summary: "The public key that bundles of this server are signed with",
    reply: enforcement.evidenceKeySchema,
  },
} as const satisfies Record<string, Route>;
