from django.db import migrations


def begin_epoch(apps, schema_editor):
    apps.get_model("chat", "Epoch").objects.get_or_create(only=True)


class Migration(migrations.Migration):
    dependencies = [("chat", "0001_initial")]
    operations = [migrations.RunPython(begin_epoch, migrations.RunPython.noop)]
