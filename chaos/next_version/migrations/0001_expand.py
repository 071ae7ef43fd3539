"""As an additive migration is: a column with values for what is there, an index, a table."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("chat", "__first__")]
    operations = [
        migrations.RunSQL(
            "ALTER TABLE chat_message ADD COLUMN next_version integer",
            "ALTER TABLE chat_message DROP COLUMN next_version",
        ),
        migrations.RunSQL("UPDATE chat_message SET next_version = 1", migrations.RunSQL.noop),
        migrations.RunSQL(
            "CREATE INDEX next_version_room ON chat_message (room_id, next_version)", "DROP INDEX next_version_room"
        ),
        migrations.RunSQL("CREATE TABLE next_version (id integer PRIMARY KEY)", "DROP TABLE next_version"),
    ]
