<?php
// This file is part of the local_parcours plugin for Moodle - https://moodle.org/
//
// local_parcours is free software: you can redistribute it and/or modify
// it under the terms of the GNU General Public License as published by
// the Free Software Foundation, either version 3 of the License, or
// (at your option) any later version.
//
// local_parcours is distributed in the hope that it will be useful,
// but WITHOUT ANY WARRANTY; without even the implied warranty of
// MERCHANTABILITY or FITNESS FOR A PARTICULAR PURPOSE.  See the
// GNU General Public License for more details.
//
// You should have received a copy of the GNU General Public License
// along with Moodle.  If not, see <https://www.gnu.org/licenses/>.

namespace local_parcours\privacy;

use core_privacy\local\request\approved_contextlist;
use core_privacy\local\request\approved_userlist;
use core_privacy\local\request\userlist;
use core_privacy\local\request\writer;
use local_parcours\external\publish;
use PHPUnit\Framework\Attributes\CoversClass;

#[CoversClass(provider::class)]
/**
 * What the plugin keeps of people is told, exported and forgotten.
 *
 * @package    local_parcours
 * @category   test
 * @copyright  2026 The parcours contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers     \local_parcours\privacy\provider
 */
final class provider_test extends \core_privacy\tests\provider_testcase {
    /** @var \context_course of the session published */
    private \context_course $context;

    /** @var \stdClass whom its snapshot names */
    private \stdClass $named;

    #[\Override]
    protected function setUp(): void {
        parent::setUp();
        $this->resetAfterTest();
        $this->setAdminUser();
        $this->named = $this->getDataGenerator()->create_user(['email' => 'Prof@ac-exemple.fr']);
        $result = json_decode(publish::execute(json_encode([
            'format' => 'parcours-publication/1',
            'code' => 'S-1',
            'categories' => [['idnumber' => 'parcours', 'name' => 'Formation']],
            'course' => [
                'shortname' => 'S-1', 'fullname' => 'Session', 'summary' => '', 'startdate' => 0, 'enddate' => 0, 'visible' => true,
            ],
            'sections' => [['id' => 's1', 'name' => 'Première section']],
            'prints' => ['enrolments' => 'abc'],
            'snapshot' => ['participants' => ['prof@ac-exemple.fr', 'autre.prof@ac-exemple.fr']],
        ])), true);
        $this->context = \context_course::instance($result['course']['id']);
    }

    /**
     * The text of the snapshot.
     *
     * @return string|false
     */
    private static function body(): string|false {
        global $DB;
        return $DB->get_field('local_parcours_snapshot', 'body', []);
    }

    public function test_who_is_named_and_who_published_are_found(): void {
        $found = provider::get_contexts_for_userid($this->named->id)->get_contextids();
        $this->assertSame([(string) $this->context->id], array_map(strval(...), $found));
        $other = $this->getDataGenerator()->create_user(['email' => 'prof@ac-exemple.fr.invalid']);
        $this->assertSame([], provider::get_contexts_for_userid($other->id)->get_contextids());
        $users = new userlist($this->context, 'local_parcours');
        provider::get_users_in_context($users);
        $this->assertEqualsCanonicalizing([(int) get_admin()->id, (int) $this->named->id], $users->get_userids());
    }

    public function test_what_is_kept_of_a_person_is_exported(): void {
        $this->export_context_data_for_user($this->named->id, $this->context, 'local_parcours');
        $data = writer::with_context($this->context)->get_data([get_string('pluginname', 'local_parcours')]);
        $this->assertSame(['S-1', 1], [$data->snapshots[0]['code'], $data->snapshots[0]['revision']]);
    }

    public function test_a_person_is_taken_out_and_the_others_stay(): void {
        global $DB;
        provider::delete_data_for_user(new approved_contextlist($this->named, 'local_parcours', [$this->context->id]));
        $this->assertStringNotContainsString('"prof@ac-exemple.fr"', self::body());
        $this->assertStringContainsString('"autre.prof@ac-exemple.fr"', self::body());
        $this->assertNull($DB->get_field('local_parcours_session', 'prints', ['code' => 'S-1']));
        $admin = new approved_userlist($this->context, 'local_parcours', [get_admin()->id]);
        provider::delete_data_for_users($admin);
        $this->assertSame('0', $DB->get_field('local_parcours_snapshot', 'usermodified', []));
    }

    public function test_a_course_is_forgotten_whole(): void {
        provider::delete_data_for_all_users_in_context(\context_system::instance());
        $this->assertNotFalse(self::body());
        provider::delete_data_for_all_users_in_context($this->context);
        $this->assertFalse(self::body());
    }

    public function test_ones_own_hours_are_told_exported_and_forgotten(): void {
        global $DB;
        $id = $this->named->id;
        $row = ['userid' => $id, 'fingerprint' => 'x', 'body' => '{"due":1080}', 'timemodified' => time()];
        $DB->insert_record('local_parcours_figures', (object) $row);
        $context = \context_user::instance($id);
        $found = provider::get_contexts_for_userid($id)->get_contextids();
        $this->assertContains((string) $context->id, array_map(strval(...), $found));
        $users = new userlist($context, 'local_parcours');
        provider::get_users_in_context($users);
        $this->assertEquals([$id], $users->get_userids());
        $this->export_context_data_for_user($id, $context, 'local_parcours');
        $data = writer::with_context($context)->get_data([get_string('pluginname', 'local_parcours')]);
        $this->assertSame(1080, $data->figures['due']);
        provider::delete_data_for_user(new approved_contextlist($this->named, 'local_parcours', [$context->id]));
        $this->assertFalse($DB->record_exists('local_parcours_figures', []));
    }
}
