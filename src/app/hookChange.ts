export interface AssistantHookChange {
	readonly assistant: string;
	readonly label: string;
	readonly file: string;
	readonly changed: boolean;
	/** What the user has to know or do. */
	readonly note?: string;
}

export interface AssistantHookStatus {
	readonly assistant: string;
	readonly label: string;
	readonly file: string;
	readonly installed: boolean;
	/** The assistant has a folder here, so it is probably in use. */
	readonly present: boolean;
}
