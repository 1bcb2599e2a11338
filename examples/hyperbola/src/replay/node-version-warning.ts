// The SDK warns on standard error of Node releases that it will leave one day, in the middle of the story. Imported first.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
