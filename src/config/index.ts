/** The table of settings: what a run can be told by flags and by the environment. */
export {
  type ColorChoice,
  type Environment,
  type FlagValues,
  readSettings,
  SETTINGS,
  type Setting,
  type Settings,
  type SettingTable,
} from "./settings.ts";
