"""Reviews: intake, analysis, drafts, approval, publishing and what becomes of promises."""
