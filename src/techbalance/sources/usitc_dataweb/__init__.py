"""USITC DataWeb: ten-digit trade by partner since 1989."""
